"""Finding items by words: all of them, in any order, each somewhere in name or description."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from items.database.sql import fetch, limited
from items.models.functions import FOLDED_NAME, NAME_ORDER

WORDS_MAX = 10  # that count; planning for each takes its time
WORDS_MAX_LENGTH = 200  # characters; they fit gunicorn.conf.py's limit_request_line
SHORT = 2  # letters; looked for only where a word begins, as items_holds() has it
COUNT_MAX = 10_000  # items that are counted
ENOUGH = 2 * COUNT_MAX  # by statistics; then none is counted
CLOSE_TIMEOUT_MS = 400  # for comparing all names with the words
CLOSE_SIMILARITY = 0.35  # of 1, as pg_trgm measures words; "keybaord" and "keyboard" have 0.38
CLOSE_MAX = 20  # items
COMPARED_MAX = 100  # items, letter by letter
COMPARED_WORDS_MAX = 20  # of each


def read_words(text: str) -> tuple[str, ...]:
    """Return the first WORDS_MAX different words."""
    return tuple(dict.fromkeys(text.split()))[:WORDS_MAX]


def is_short(word: str) -> bool:
    return len(word) <= SHORT and word.isascii() and word.isalnum()


@dataclass(frozen=True)
class Search:
    """Words, and the conditions that they are for PostgreSQL.

    Parameters are named: `w0`, `w1`... are the words, `all` is what was typed.
    """

    words: tuple[str, ...]

    @cached_property
    def parameters(self) -> dict[str, str]:
        return {f"w{n}": word for n, word in enumerate(self.words)} | {"all": " ".join(self.words)}

    def each(self, sql: str) -> list[str]:
        """Return SQL for each word, whose place is {}."""
        return [sql.format(f"%(w{n})s") for n in range(len(self.words))]

    @property
    def in_item(self) -> str:
        return " AND ".join(self._held_in("search"))

    @property
    def in_name(self) -> str:
        return " AND ".join(self._held_in(FOLDED_NAME))

    def _held_in(self, text: str) -> list[str]:
        """Return a condition for each word; beside a longer one a short one needs no index."""
        held, begins = f"items_holds({text}, {{}})", f"{text} ~ ('\\m' || lower({{}}))"
        has_long = any(len(word) > SHORT for word in self.words)
        return [
            (begins if has_long and is_short(word) else held).format(f"%(w{n})s")
            for n, word in enumerate(self.words)
        ]

    @property
    def has_index(self) -> bool:
        """Tell whether there is a word of two letters: the index knows no single ones."""
        return any(len(word) > 1 for word in self.words)

    @property
    def name_is_word(self) -> str:
        return f"{NAME_ORDER} IN ({', '.join(self.each('items_fold({})'))})"

    name_is = f"{NAME_ORDER} = items_fold(%(all)s)"
    name_begins = f"{NAME_ORDER} LIKE substr(items_contains(%(all)s), 2)"

    def estimate(self, condition: str) -> int:
        """Return about how many items fulfil a condition, as PostgreSQL's statistics have it."""
        sql = f"EXPLAIN (FORMAT JSON) SELECT FROM items_item WHERE {condition}"
        [[plan]] = fetch(sql, self.parameters, prepare=False)
        return plan[0]["Plan"]["Plan Rows"]


def count(search: Search) -> int | None:
    """Return how many items hold all words, or None where they are more than COUNT_MAX."""
    [(found,)] = fetch(count_sql(search.in_item), search.parameters, prepare=False)
    return found


def count_sql(condition: str) -> str:
    """Return SQL for how many items fulfil a condition, or NULL."""
    some = f"SELECT FROM items_item WHERE {condition} LIMIT {COUNT_MAX + 1}"
    return f"SELECT nullif(count(*), {COUNT_MAX + 1}) FROM ({some}) AS items"


def count_all() -> int | None:
    """Return how many items there are, or None where they are more than COUNT_MAX.

    They are counted only where PostgreSQL's statistics say that it is quick: the running ones, or
    after a crash, which empties them, those of the last ANALYZE.
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
    """Return items that hold words like these, the likest first; raise TooLong.

    Names are compared, and descriptions too if no name comes close.
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
        ORDER BY {" + ".join(likeness)} DESC, length(name), {NAME_ORDER}, id
        LIMIT {COMPARED_MAX}
    """
    rows = fetch(sql, search.parameters, prepare=False)
    rows.sort(key=lambda row: -_likeness(search.words, row[-1]))
    return [row[:-1] for row in rows[:CLOSE_MAX]]


def _likeness(words: tuple[str, ...], text: str) -> float:
    """Return how like the words a text's words are, at most 1 for each.

    Trigrams find them; but two letters that changed places break three of them.
    """
    parts = re.findall(r"\w+", text)[:COMPARED_WORDS_MAX]
    return sum(
        max((SequenceMatcher(None, part, word.lower()).ratio() for part in parts), default=0)
        for word in words
    )
