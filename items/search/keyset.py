"""Keyset pagination: each page begins at a position, so deep pages are as fast as the first."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from items.database.sql import fetch
from items.search.ranking import read_found
from items.search.selection import Selection
from items.search.sorting import ORDERS, named


class CursorError(ValueError):
    """A cursor that is malformed, or belongs to another order."""


@dataclass(frozen=True)
class Page:
    """Rows in order, with the cursors of the previous page (`before`) and the next (`after`)."""

    rows: list[tuple]
    before: str = ""
    after: str = ""


def read_page(columns: str, wanted: Selection) -> Page:
    """Return up to `size` rows of these columns, from the top or from a cursor on.

    Each row ends with its position. The page of a cursor is not read in advance, so it can be
    empty. Raise CursorError.
    """
    cursor, backwards = wanted.before or wanted.after, bool(wanted.before)
    position = _read_cursor(cursor, wanted.sort) if cursor else []
    limit = wanted.size + 1
    if wanted.words:
        if wanted.search.is_empty:
            return Page([])
        rows = read_found(columns, wanted.search, wanted.sort, position, limit, backwards=backwards)
    else:
        sql = page_sql(columns, wanted.sort, bool(cursor), backwards, limit)
        rows = fetch(sql, named(position))
    has_more = len(rows) > wanted.size
    rows = rows[: wanted.size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    return Page(
        rows,
        before=write_cursor(wanted.sort, rows[0]) if (has_more if backwards else cursor) else "",
        after=write_cursor(wanted.sort, rows[-1]) if (backwards or has_more) else "",
    )


@cache
def page_sql(columns: str, sort: str, is_beyond: bool, backwards: bool, limit: int) -> str:
    order = ORDERS[sort]
    where = f"WHERE {order.beyond(backwards)} " if is_beyond else ""
    # The limit is not a parameter: without it, PostgreSQL would plan for a tenth of the table.
    return (
        f"SELECT {columns}, {order.position} FROM items_item {where}"
        f"ORDER BY {order.by(backwards)} LIMIT {limit}"
    )


def write_cursor(sort: str, row: tuple) -> str:
    position = row[-len(ORDERS[sort].readers) :]
    # Not in ASCII, to keep URLs short: \ud83d\ude00 has 12 bytes, but only 4 in UTF-8.
    text = json.dumps(
        [sort, *position], default=datetime.isoformat, separators=(",", ":"), ensure_ascii=False
    )
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def is_cursor(text: str, sort: str) -> bool:
    """Tell whether a text is a cursor of this order."""
    try:
        return bool(_read_cursor(text, sort))
    except CursorError:
        return False


def _read_cursor(cursor: str, sort: str) -> list:
    """Return the position in a cursor of this order; raise CursorError."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        written_for, *position = json.loads(urlsafe_b64decode(padded))
        if written_for != sort:
            raise ValueError("another order")
        return [read(value) for read, value in zip(ORDERS[sort].readers, position, strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise CursorError from error
