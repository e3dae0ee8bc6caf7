"""Keyset pages: each begins where another ended, so a deep page costs what the first one does."""

from dataclasses import dataclass

from items.models import Item, ItemQuerySet

BIGINT_MAX = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """Some items in order, and the query strings of its neighbours, or "" where there is none."""

    items: list[Item]
    newer: str = ""
    older: str = ""


def read_id(text: str) -> int | None:
    """Return a positive bigint written in ASCII digits, else None."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= BIGINT_MAX:
        return int(text)
    return None


def newest_page(items: ItemQuerySet, size: int, *, after: int | None, before: int | None) -> Page:
    """Return up to `size` items: the newest, those older than `after` or newer than `before`."""
    if before is not None:
        found = list(items.filter(id__gt=before).oldest_first()[: size + 1])
        if len(found) > size:
            found = found[size - 1 :: -1]
            return _page(found, has_newer=True, has_older=items.filter(id__lte=before).exists())
        after = None  # less than a page is left there: begin at the top
    if after is not None:
        found = list(items.filter(id__lt=after).newest_first()[: size + 1])
        has_newer = items.filter(id__gte=after).exists()
        if not found:
            return Page([], newer=f"?before={after - 1}" if has_newer else "")
    else:
        found = list(items.newest_first()[: size + 1])
        has_newer = False
    return _page(found[:size], has_newer=has_newer, has_older=len(found) > size)


def _page(found: list[Item], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        found,
        newer=f"?before={found[0].id}" if has_newer else "",
        older=f"?after={found[-1].id}" if has_older else "",
    )
