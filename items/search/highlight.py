"""Highlight the words of a search in the texts that contain them."""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from items.models.folding import fold, fold_with_places
from items.search.words import is_short


def highlight(text: str, words: tuple[str, ...]) -> SafeString:
    """Return text as HTML, with <mark> around each match of one of the words."""
    if not words or not text:
        return escape(text)
    pieces, end = [], 0
    for start, stop in _merged(list(_matches(text, words))):
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*pieces, escape(text[end:])]))


def first_match(text: str, words: tuple[str, ...]) -> int | None:
    """Return the position in text of the first match of one of the words."""
    return min((start for start, _ in _matches(text, words)), default=None)


def _matches(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    folded, places = fold_with_places(text)
    for word in words:
        needle = fold(word).strip()
        starts_only = is_short(word)
        at = folded.find(needle) if needle else -1
        while at >= 0:
            end = at + len(needle)
            if not (starts_only and at and folded[at - 1].isalnum()):
                yield places[at][0], places[end - 1][1]
            at = folded.find(needle, end)


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
