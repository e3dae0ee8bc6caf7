"""Other ways to write a search: words together or apart, and one typing error less."""

import re
from collections.abc import Iterator
from itertools import product

from items.models.folding import fold

SEPARATORS = ("", " ", "-", "_", ".", "/")
SEPARATORS_TRIED = (0, 6, 6, 3)  # by number of gaps; with more gaps, the same one in all of them
SPLIT_MIN = 4  # letters; a shorter word is not split
RESPACED_MAX = 40  # characters of a word that is split
CORRECTED_MAX = 40  # characters; longer texts have too many corrections
REPLACED_MAX = 4_000  # letters in all places; Chinese characters have far more neighbours
BLOCK = 64  # code points; the letters of an alphabet are neighbours
DIGITS = "0123456789"

_GAP = re.compile(r"[\s_./-]+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def respaced(text: str) -> list[str]:
    """Return the other texts that differ from a folded text in spaces, hyphens and the like.

    "git lfs" becomes "git-lfs" and "gitlfs", "notebook" becomes "note book".
    """
    parts = list(filter(None, _GAP.split(text)))
    gaps = max(len(parts) - 1, 0)
    texts = {separator.join(parts) for separator in SEPARATORS}
    if gaps < len(SEPARATORS_TRIED):
        tried = SEPARATORS[: SEPARATORS_TRIED[gaps]]
        texts |= {_joined(parts, between) for between in product(tried, repeat=gaps)}
    if " " not in text and SPLIT_MIN <= len(text) <= RESPACED_MAX:
        texts |= set(_split(text))
    return sorted(texts - {text, ""})


def _joined(parts: list[str], between: tuple[str, ...]) -> str:
    return "".join(part + gap for part, gap in zip(parts, (*between, ""), strict=False))


def _split(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        if word[place - 1].isalnum() and word[place].isalnum():
            yield from (word[:place] + gap + word[place:] for gap in SEPARATORS if gap)


def swapped_or_shortened(word: str) -> list[str]:
    """Return the word with two neighbours swapped, or without one letter."""
    places = range(len(word))
    swapped = {word[:n] + word[n : n + 2][::-1] + word[n + 2 :] for n in places}
    shortened = {word[:n] + word[n + 1 :] for n in places}
    return sorted((swapped | shortened) - {word, ""})


def corrections(text: str) -> list[str]:
    """Return all texts that one typing error turns into this folded text.

    If the text has too many letters to try, only swaps and omissions are corrected.
    """
    if len(text) > CORRECTED_MAX:
        return []
    letters, places = _alphabet(text), range(len(text))
    if len(letters) * len(places) > REPLACED_MAX:
        letters = set()
    replaced = {text[:n] + letter + text[n + 1 :] for n in places for letter in letters}
    longer = {text[:n] + letter + text[n:] for n in range(len(text) + 1) for letter in letters}
    return sorted({*swapped_or_shortened(text), *replaced, *longer} - {text})


def _alphabet(text: str) -> set[str]:
    """Return digits and the letters near those of the text, which belong to the same alphabet."""
    blocks = {ord(letter) // BLOCK for letter in text if letter.isalpha()}
    near = {chr(block * BLOCK + n) for block in blocks for n in range(BLOCK)}
    return {letter for letter in near if letter.isalpha() and fold(letter) == letter} | set(DIGITS)
