"""Near misses: items whose names are close to a search that found little or nothing.

The ways to them are tried in turn until they lead to some: the text with one typing error less,
by the index of names; words with two letters swapped or one left out; trigrams, which do not see
two swapped letters.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rapidfuzz.distance import OSA

from items.database.sql import TooLong, fetch, limited
from items.models.folding import fold
from items.models.functions import CODE_POINT_ORDER, FOLDED_NAME
from items.search.keyset import Page
from items.search.selection import Selection
from items.search.spellings import corrections, swapped_or_shortened
from items.search.words import Search

CLOSE_TIMEOUT_MS = 400  # for all ways together
CLOSE_SIMILARITY = 0.35  # of 1, as pg_trgm measures words; "keybaord" and "keyboard" have 0.38
CLOSE_MAX = 20  # items
FEW = 5  # items; a search that found fewer is perhaps misspelled
COMPARED_MAX = 200  # items, letter by letter
COMPARED_WORDS_MAX = 20  # of each item
BEGUN_MIN = 5  # letters; a shorter text must be a whole word of the name
EACH_MAX = 3  # names that begin with one correction
SWAPPED_MIN = 4  # letters; a shorter word without one letter is in too many names
LAST = "\U0010ffff"  # the last code point
NEXT_TO_SIGNS = "0"  # the code point after space, hyphen, full stop and slash

_PARTS = re.compile(r"\w+")
_LIKE_SIGNS = re.compile(r"[\\%_]")


def read_near_misses(columns: str, wanted: Selection, page: Page) -> list[tuple]:
    """Return rows of these columns that are close to a search, the closest first.

    `page` is the first page of what it found. If that is a few items, but no name among them has
    all words, only typing errors of one letter are looked for. Raise TooLong.
    """
    search = wanted.search
    if wanted.after or wanted.before or search.is_empty or len(page.rows) >= FEW:
        return []
    if not page.rows:
        return read_close(columns, search)
    ids = [row[-1] for row in page.rows]  # a position ends with the id
    return [] if _has_words(search, ids) else read_close(columns, search, ids)


def read_close(columns: str, search: Search, found: Sequence[int] = ()) -> list[tuple]:
    """Return rows that are close to a search, without those that it found; raise TooLong."""
    threshold = {"pg_trgm.strict_word_similarity_threshold": CLOSE_SIMILARITY}
    rows: dict[int, tuple] = {}  # by id
    try:
        with limited(CLOSE_TIMEOUT_MS, threshold):
            for some in _some_by_way(columns, search, has_found=bool(found)):
                rows |= {row[-2]: row for row in some if row[-2] not in found}
                if len(rows) >= FEW:
                    break
    except TooLong:
        if not rows:
            raise
    return _closest(search, list(rows.values()))


def _some_by_way(columns: str, search: Search, *, has_found: bool) -> Iterator[list[tuple]]:
    """Yield rows that end with id and text, until one way after the first leads to some."""
    ends_at = time.monotonic() + CLOSE_TIMEOUT_MS / 1000
    corrected = _corrected(columns, search)
    yield corrected
    if has_found or not any(map(str.isalnum, _folded(search))):  # no index has signs alone
        return
    for way in OTHER_WAYS:
        _limit_to(ends_at)
        rows = way(columns, search)
        yield rows
        if rows or corrected:
            return


def _limit_to(ends_at: float) -> None:
    """Let the next statement take only what is left of the time; raise TooLong if nothing is."""
    left = round((ends_at - time.monotonic()) * 1000)
    if left <= 0:
        raise TooLong
    fetch("SELECT set_config('statement_timeout', %s, TRUE)", [str(left)], prepare=False)


def _corrected(columns: str, search: Search) -> list[tuple]:
    """Read names that are, or begin with, the text without one typing error."""
    text = _folded(search)
    sql = f"""
        SELECT {columns}, id, {FOLDED_NAME} FROM items_item WHERE id IN (
            SELECT hit.id FROM unnest(%(corrections)s::text[]) AS correction, LATERAL (
                SELECT id FROM items_item
                WHERE {CODE_POINT_ORDER} >= correction
                    AND {CODE_POINT_ORDER} < correction || %(end)s
                ORDER BY {CODE_POINT_ORDER}, id LIMIT {EACH_MAX}
            ) AS hit
        )
        ORDER BY length(name), {CODE_POINT_ORDER}, id LIMIT {COMPARED_MAX}
    """
    end = LAST if len(text) >= BEGUN_MIN else NEXT_TO_SIGNS
    parameters = search.parameters | {"corrections": corrections(text), "end": end}
    return fetch(sql, parameters, prepare=False)


def _swapped(text: str, columns: str, search: Search) -> list[tuple]:
    """Read texts with the words, each as it is, or with two letters swapped or one left out."""
    words = _folded(search).split()
    if max(map(len, words)) < SWAPPED_MIN:
        return []
    patterns = {f"patterns{n}": _patterns(word) for n, word in enumerate(words)}
    conditions = [f"{text} LIKE ANY(%({name})s)" for name in patterns]
    sql = f"""
        SELECT {columns}, id, {text} FROM items_item WHERE {" AND ".join(conditions)}
        ORDER BY length(name), {CODE_POINT_ORDER}, id LIMIT {COMPARED_MAX}
    """
    return fetch(sql, search.parameters | patterns, prepare=False)


def _patterns(word: str) -> list[str]:
    spellings = swapped_or_shortened(word) if len(word) >= SWAPPED_MIN else []
    return ["%" + _LIKE_SIGNS.sub(r"\\\g<0>", spelling) + "%" for spelling in (word, *spellings)]


def _similar(text: str, columns: str, search: Search) -> list[tuple]:
    """Read texts with words that have enough trigrams in common with those of the search."""
    words = {f"folded{n}": word for n, word in enumerate(_folded(search).split())}
    close = [f"{text} %%>> %({name})s" for name in words]
    likeness = [f"strict_word_similarity(%({name})s, {text})" for name in words]
    sql = f"""
        SELECT {columns}, id, {text} FROM items_item
        WHERE {" AND ".join(close)}
        ORDER BY {" + ".join(likeness)} DESC, length(name), {CODE_POINT_ORDER}, id
        LIMIT {COMPARED_MAX}
    """
    return fetch(sql, search.parameters | words, prepare=False)


OTHER_WAYS: tuple[Callable[[str, Search], list[tuple]], ...] = (
    partial(_swapped, FOLDED_NAME),
    partial(_similar, FOLDED_NAME),
    partial(_swapped, "search"),
    partial(_similar, "search"),
)


def _closest(search: Search, rows: list[tuple]) -> list[tuple]:
    """Return the first rows by edit distance, without the id and the text at their ends."""
    typed = _folded(search)
    rows = sorted(rows, key=lambda row: _distance(typed, row[-1]))
    return [row[:-2] for row in rows[:CLOSE_MAX]]


def _distance(typed: str, text: str) -> tuple[int, int]:
    """Return the typing errors in the words of a text, and those in the whole text."""
    parts = _PARTS.findall(text)[:COMPARED_WORDS_MAX]
    whole = OSA.distance("".join(_PARTS.findall(typed)), "".join(parts))
    in_words = sum(
        min((OSA.distance(word, part) for part in parts), default=len(word))
        for word in _PARTS.findall(typed)
    )
    return min(in_words, whole), whole


def _has_words(search: Search, ids: list[int]) -> bool:
    """Tell whether one of the items has all words in its name, or begins with the search."""
    names = fetch(f"SELECT {FOLDED_NAME} FROM items_item WHERE id = ANY(%s)", [ids])
    parts = _PARTS.findall(_folded(search))
    return any(
        set(parts) <= set(named := _PARTS.findall(name))
        or "".join(named).startswith("".join(parts))
        for (name,) in names
    )


def _folded(search: Search) -> str:
    return fold(" ".join(search.words))
