"""Names from right to left, such as Hebrew and Arabic ones, in sentences from left to right.

Both functions keep a name from reordering what is beside it, and its own punctuation from going to
the wrong end. A name that cannot do that stays as it is.
"""

from unicodedata import bidirectional

from django.utils.html import format_html

# Directions, and the characters that begin and end an isolate: Unicode, UAX #9.
REORDERING = frozenset("R AL AN LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
OPENING, CLOSING = ("LRI", "RLI", "FSI"), "PDI"
ISOLATE, END = "\u2068", "\u2069"


def bdi(name: str) -> str:
    """Return a name, which can have markup, for a page."""
    if not _reorders(name):
        return name
    before, after = _missing(name)
    return format_html("<bdi>{}{}{}</bdi>", before, name, after)


def isolate(name: str) -> str:
    """Return a name for places without markup: titles, messages, labels."""
    if not _reorders(name):
        return name
    before, after = _missing(name)
    return f"{before}{ISOLATE}{name}{END}{after}"


def _missing(name: str) -> tuple[str, str]:
    """Return what begins and ends the halves of isolates in a name: one could end ours."""
    unopened = unclosed = 0
    for direction in map(bidirectional, name):
        if direction in OPENING:
            unclosed += 1
        elif direction == CLOSING and unclosed:
            unclosed -= 1
        elif direction == CLOSING:
            unopened += 1
    return ISOLATE * unopened, END * unclosed


def _reorders(name: str) -> bool:
    return not name.isascii() and not REORDERING.isdisjoint(map(bidirectional, name))
