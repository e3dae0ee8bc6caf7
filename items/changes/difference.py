"""Two versions of a text, with the words that differ marked."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from operator import eq

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORD = re.compile(r"\w+|\s+|[^\w\s]")
COMPARED_MAX = 200  # words of each text that are compared one by one; more take too long
CONTEXT_LENGTH = 60  # characters around a difference; longer equal parts are cut

Piece = tuple[bool, str]  # whether it differs, and the text


def mark_differences(old: str, new: str, *, shortens: bool = True) -> tuple[SafeString, SafeString]:
    """Return both texts as HTML, with <del> and <ins> around what differs."""
    ours, theirs = _pieces(WORD.findall(old), WORD.findall(new))
    return _html(ours, "del", shortens), _html(theirs, "ins", shortens)


def _pieces(old: Sequence[str], new: Sequence[str]) -> tuple[list[Piece], list[Piece]]:
    """Compare what is left between the common beginning and the common end."""
    start = _common_length(old, new)
    end = _common_length(old[start:][::-1], new[start:][::-1])
    before, after = "".join(old[:start]), "".join(old[len(old) - end :])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    ours, theirs = [(False, before)], [(False, before)]
    if max(len(old), len(new)) > COMPARED_MAX:
        ours.append((True, "".join(old)))
        theirs.append((True, "".join(new)))
    else:
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            ours.append((tag != "equal", "".join(old[a:b])))
            theirs.append((tag != "equal", "".join(new[c:d])))
    return [*ours, (False, after)], [*theirs, (False, after)]


def _common_length(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words at the beginning are the same."""
    return sum(1 for _ in takewhile(bool, map(eq, old, new)))


def _html(pieces: Sequence[Piece], tag: str, shortens: bool) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in _parts(pieces, tag, shortens)))


def _parts(pieces: Sequence[Piece], tag: str, shortens: bool) -> Iterator[str]:
    last = len(pieces) - 1
    for place, (differs, text) in enumerate(pieces):
        if differs and text:
            yield format_html(f"<{tag}>{{}}</{tag}>", text)
        elif not shortens:
            yield text
        else:
            yield _shortened(text, is_first=place == 0, is_last=place == last)


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    """Keep the parts of an equal text that lie beside a difference."""
    head = "" if is_first else text[:CONTEXT_LENGTH]
    tail = "" if is_last else text[-CONTEXT_LENGTH:]
    return text if len(text) <= 2 * CONTEXT_LENGTH else f"{head}…{tail}"
