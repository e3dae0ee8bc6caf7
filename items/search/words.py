"""Search for items that contain all words, in any order and in any field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from items.database.sql import fetch
from items.models.folding import fold
from items.models.functions import CODE_POINT_ORDER, FOLDED_NAME
from items.search.spellings import respaced

WORDS_MAX = 10  # others are ignored; each word takes time to plan
WORDS_MAX_LENGTH = 200  # characters; fits limit_request_line in gunicorn.conf.py
SHORT = 2  # letters; only found at the beginning of a word, as in items_holds()
COUNT_MAX = 10_000  # items in the admin; larger numbers are not counted there

# At the ends of words, in several scripts; the last seven are ,;:!?() in full width.
PUNCTUATION = ",;:.!?()…¡¿“”„«»،؛؟、。「」\uff0c\uff1b\uff1a\uff01\uff1f\uff08\uff09"


# Words between quotes; a straight quote behind a number means inches, and opens nothing.
PHRASE = re.compile(
    r"""(?<![^\s(]) (?: "([^"]+)" | [“„”]([^“„”]+)[“”] | [«»]([^«»]+)[«»] ) (?=[\s,;:.!?)]|$)""",
    re.VERBOSE,
)


def read_words(text: str) -> tuple[str, ...]:
    """Return the first WORDS_MAX different words; several words in quotes are one, with spaces.

    Punctuation at their ends is dropped, also straight quotes where one opens a word: behind a
    number they are inches. Signs alone are dropped beside words with letters or digits, and accents
    alone, of which folding leaves nothing. If no word is left, all are returned as they are.
    """
    return tuple(dict.fromkeys(_bare_words(text)))[:WORDS_MAX]


def _bare_words(text: str) -> list[str]:
    typed = list(_words_and_phrases(text))
    dropped = PUNCTUATION + '"' * any(word.startswith('"') for word in typed)
    words = [word for word in (word.strip(dropped) for word in typed) if _has_text(word)]
    return [word for word in words if any(map(str.isalnum, word))] or words or typed


def _words_and_phrases(text: str) -> Iterator[str]:
    end = 0
    for phrase in PHRASE.finditer(text):
        yield from text[end : phrase.start()].split()
        yield " ".join(phrase[phrase.lastindex or 0].split())
        end = phrase.end()
    yield from text[end:].split()


def _has_text(word: str) -> bool:
    return bool(fold(word).strip())


def is_short(word: str) -> bool:
    return len(word) <= SHORT and word.isascii() and word.isalnum()


@dataclass(frozen=True)
class Search:
    """Search words, and their SQL conditions.

    A word with a space in it is a phrase. Parameters are named: `w0`, `w1`... are the words, `all`
    is what was typed, `bare` the same without the punctuation at its end, or without the quotes;
    `spellings` has the words together and apart, `together` is two words as one.
    """

    words: tuple[str, ...]
    typed: str = ""  # with the punctuation that the words lack

    @property
    def text(self) -> str:
        return self.typed or " ".join(self.words)

    @cached_property
    def parameters(self) -> dict[str, str | list[str]]:
        bare = self.text.rstrip(f"{PUNCTUATION} ") or self.text
        return {
            **{f"w{n}": word for n, word in enumerate(self.words)},
            "all": self.text,
            "bare": " ".join(self.words) if self.has_phrase else bare,
            "spellings": self.spellings,
            "together": self.together,
        }

    @cached_property
    def has_phrase(self) -> bool:
        return any(" " in word for word in self.words)

    @cached_property
    def spellings(self) -> list[str]:
        """Return the words as one folded text, with other spaces and hyphens in it."""
        return [] if self.has_phrase else respaced(fold(" ".join(_bare_words(self.text))))

    @property
    def together(self) -> str:
        """Return two words as one; empty for other numbers of words."""
        can_join = len(self.words) == 2 and not self.has_phrase and all(map(_has_text, self.words))
        return "".join(self.words) if can_join else ""

    @property
    def marked(self) -> tuple[str, ...]:
        """Return the words that can stand in an item that matches."""
        return (*self.words, self.together) if self.together else self.words

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
    def matches(self) -> str:
        """Return the condition of an item that is found, in whatever rank."""
        ways = [self.in_item, self.name_is_respaced, self.name_has_together]
        return f"({' OR '.join(filter(None, ways))})" if any(ways) else ""

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
    def name_is_respaced(self) -> str:
        """Return the condition of a name that is the words, together or apart; empty if none is."""
        return f"{CODE_POINT_ORDER} = ANY(%(spellings)s)" if self.spellings else ""

    @property
    def name_has_together(self) -> str:
        """Return the condition of a name that contains the two words as one."""
        return f"items_holds({FOLDED_NAME}, %(together)s)" if self.together else ""

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
