"""Highlight the words of a search in the texts that contain them."""

import unicodedata
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from items.search.words import is_short

# Letters that Unicode does not decompose, as PostgreSQL's unaccent replaces them.
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h"}
)


def highlight(text: str, words: tuple[str, ...]) -> SafeString:
    """Return text as HTML, with <mark> around each match of one of the words."""
    if not words or not text:
        return escape(text)
    folded, origin = _fold(text)
    pieces, end = [], 0
    for start, stop in _merged(_places(folded, origin, words)):
        pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*pieces, escape(text[end:])]))


def _places(folded: str, origin: list[int], words: tuple[str, ...]) -> list[tuple[int, int]]:
    places = []
    for word in words:
        needle, _ = _fold(word)
        starts_only = is_short(word)
        at = folded.find(needle) if needle else -1
        while at >= 0:
            end = at + len(needle)
            if not (starts_only and at and folded[at - 1].isalnum()):
                places.append((origin[at], origin[end - 1] + 1))
            at = folded.find(needle, end)
    return places


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _fold(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the position in the original."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    folded = [_folded_character(character) for character in text]
    origin = [place for place, piece in enumerate(folded) for _ in piece]
    return "".join(folded), origin


@lru_cache(10_000)
def _folded_character(character: str) -> str:
    apart = unicodedata.normalize("NFKD", character)
    kept = "".join(piece for piece in apart if not unicodedata.combining(piece))
    return kept.casefold().translate(PLAIN)
