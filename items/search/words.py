"""Search for items that contain all words, in any order and in any field."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from items.database.sql import fetch, limited
from items.models.folding import fold
from items.models.functions import CODE_POINT_ORDER, FOLDED_NAME

WORDS_MAX = 10  # others are ignored; each word takes time to plan
WORDS_MAX_LENGTH = 200  # characters; fits limit_request_line in gunicorn.conf.py
SHORT = 2  # letters; only found at the beginning of a word, as in items_holds()
COUNT_MAX = 10_000  # items; larger numbers are not counted
ENOUGH = 2 * COUNT_MAX  # items by statistics; then counting is skipped
CLOSE_TIMEOUT_MS = 400  # to compare all names with the words
CLOSE_SIMILARITY = 0.35  # of 1, as pg_trgm measures words; "keybaord" and "keyboard" have 0.38
CLOSE_MAX = 20  # items
COMPARED_MAX = 100  # items, letter by letter
COMPARED_WORDS_MAX = 20  # of each item

# At the ends of words, in several scripts; the last seven are ,;:!?() in full width.
PUNCTUATION = ",;:.!?()…¡¿“”„«»،؛؟、。「」\uff0c\uff1b\uff1a\uff01\uff1f\uff08\uff09"


def read_words(text: str) -> tuple[str, ...]:
    """Return the first WORDS_MAX different words.

    Punctuation at their ends is dropped, also straight quotes where one opens a word: behind a
    number they are inches. Signs alone are dropped beside words with letters or digits, and accents
    alone, of which folding leaves nothing. If no word is left, all are returned as they are.
    """
    typed = text.split()
    dropped = PUNCTUATION + '"' * any(word.startswith('"') for word in typed)
    words = [word for word in (word.strip(dropped) for word in typed) if _has_text(word)]
    words = [word for word in words if any(map(str.isalnum, word))] or words or typed
    return tuple(dict.fromkeys(words))[:WORDS_MAX]


def _has_text(word: str) -> bool:
    return bool(fold(word).strip())


def is_short(word: str) -> bool:
    return len(word) <= SHORT and word.isascii() and word.isalnum()


@dataclass(frozen=True)
class Search:
    """Search words, and their SQL conditions.

    Parameters are named: `w0`, `w1`... are the words, `all` is what was typed, `bare` the same
    without the punctuation at its end.
    """

    words: tuple[str, ...]
    typed: str = ""  # with the punctuation that the words lack

    @property
    def text(self) -> str:
        return self.typed or " ".join(self.words)

    @cached_property
    def parameters(self) -> dict[str, str]:
        bare = self.text.rstrip(f"{PUNCTUATION} ") or self.text
        whole = {"all": self.text, "bare": bare}
        return {f"w{n}": word for n, word in enumerate(self.words)} | whole

    def each(self, sql: str) -> list[str]:
        """Return the SQL for each word; {} stands for the word."""
        return [sql.format(f"%(w{n})s") for n in range(len(self.words))]

    def places(self, text: str) -> list[str]:
        """Return the SQL of the first place of each word in a folded text, which can be 0."""
        begins, holds = (
            f"regexp_instr({text}, '\\m' || lower({{}}))",
            f"strpos({text}, items_fold({{}}))",
        )
        return [
            (begins if is_short(word) else holds).format(f"%(w{n})s")
            for n, word in enumerate(self.words)
        ]

    @property
    def in_item(self) -> str:
        return " AND ".join(self._word_conditions("search"))

    @property
    def in_name(self) -> str:
        return " AND ".join(self._word_conditions(FOLDED_NAME))

    def _word_conditions(self, text: str) -> list[str]:
        """Return a condition for each word; beside a long word, short ones do not use the index."""
        held, begins = f"items_holds({text}, {{}})", f"{text} ~ ('\\m' || lower({{}}))"
        has_long = any(len(word) > SHORT for word in self.words)
        return [
            (begins if has_long and is_short(word) else held).format(f"%(w{n})s")
            for n, word in enumerate(self.words)
        ]

    @property
    def is_empty(self) -> bool:
        """Tell whether folding leaves nothing of the words, so that they match nothing."""
        return not any(map(_has_text, self.words))

    @property
    def has_index(self) -> bool:
        """Tell whether a word has two letters or more, which the index needs."""
        return any(len(word) > 1 for word in self.words)

    @property
    def name_is_word(self) -> str:
        return f"{CODE_POINT_ORDER} IN ({', '.join(self.each('items_fold({})'))})"

    name_is = f"{CODE_POINT_ORDER} IN (items_fold(%(all)s), items_fold(%(bare)s))"
    name_begins = f"{CODE_POINT_ORDER} LIKE substr(items_contains(%(bare)s), 2)"

    def estimate(self, condition: str) -> int:
        """Estimate the number of matching items with PostgreSQL's statistics."""
        sql = f"EXPLAIN (FORMAT JSON) SELECT FROM items_item WHERE {condition}"
        [[plan]] = fetch(sql, self.parameters, prepare=False)
        return plan[0]["Plan"]["Plan Rows"]


def count(search: Search) -> int | None:
    """Return the number of items that contain all words, or None if over COUNT_MAX."""
    [(found,)] = fetch(count_sql(search.in_item), search.parameters, prepare=False)
    return found


def count_sql(condition: str) -> str:
    """Return the SQL of the number of matching items, which is NULL if over COUNT_MAX."""
    some = f"SELECT FROM items_item WHERE {condition} LIMIT {COUNT_MAX + 1}"
    return f"SELECT nullif(count(*), {COUNT_MAX + 1}) FROM ({some}) AS items"


def count_all() -> int | None:
    """Return the number of items, or None if over COUNT_MAX.

    They are only counted if PostgreSQL's statistics show that this is fast: the cumulative ones,
    or those of the last ANALYZE after a crash, which empties the former.
    """
    sql = f"""
        SELECT CASE WHEN estimate <= {ENOUGH} THEN ({count_sql("TRUE")}) END
        FROM (
            SELECT coalesce(nullif(pg_stat_get_live_tuples(oid), 0), reltuples) AS estimate
            FROM pg_class WHERE oid = 'items_item'::regclass
        ) AS statistics
    """
    [(counted,)] = fetch(sql, ())
    return counted


def read_close(columns: str, search: Search) -> list[tuple]:
    """Return items with similar words, the most similar first; raise TooLong.

    Names are compared first, descriptions only if no name is similar.
    """
    threshold = {"pg_trgm.strict_word_similarity_threshold": CLOSE_SIMILARITY}
    with limited(CLOSE_TIMEOUT_MS, threshold):
        return _read_like(columns, search, FOLDED_NAME) or _read_like(columns, search, "search")


def _read_like(columns: str, search: Search, text: str) -> list[tuple]:
    close = search.each(f"{text} %%>> items_fold({{}})")
    likeness = search.each(f"strict_word_similarity(items_fold({{}}), {text})")
    sql = f"""
        SELECT {columns}, {text} FROM items_item
        WHERE {" AND ".join(close)}
        ORDER BY {" + ".join(likeness)} DESC, length(name), {CODE_POINT_ORDER}, id
        LIMIT {COMPARED_MAX}
    """
    rows = fetch(sql, search.parameters, prepare=False)
    rows.sort(key=lambda row: -_likeness(search.words, row[-1]))
    return [row[:-1] for row in rows[:CLOSE_MAX]]


def _likeness(words: tuple[str, ...], text: str) -> float:
    """Return the similarity of the words of a text to the search words, at most 1 for each.

    Trigrams only preselect: two swapped letters already change three of them.
    """
    parts = re.findall(r"\w+", text)[:COMPARED_WORDS_MAX]
    return sum(
        max((SequenceMatcher(None, part, fold(word)).ratio() for part in parts), default=0)
        for word in words
    )
