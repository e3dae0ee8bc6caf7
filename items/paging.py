"""Keyset pages: each begins where another ended, so a deep page costs what the first one does."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from items.models import MATCHES, NAME_ORDER_SQL
from items.statements import fetch

BIGINT_MAX = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """An order of items: by `key`, an SQL expression, if there is one, and then by id."""

    descending: bool
    key: str = ""
    read_key: Callable[[Any], Any] | None = None  # from JSON; raises ValueError

    @property
    def keys(self) -> list[str]:
        return [self.key, "id"] if self.key else ["id"]

    def by(self, *, backwards: bool) -> str:
        falling = " DESC" if self.descending != backwards else ""
        return ", ".join(f"{key}{falling}" for key in self.keys)

    def beyond(self, *, backwards: bool) -> str:
        """A condition whose parameters are a position; PostgreSQL compares whole rows."""
        comparison = "<" if self.descending != backwards else ">"
        parameters = ", ".join("%s" for _ in self.keys)
        return f"({', '.join(self.keys)}) {comparison} ({parameters})"


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text")
    value.encode()  # raises ValueError for a lone surrogate
    return value


def _read_time(value: Any) -> datetime:
    time = datetime.fromisoformat(_read_text(value))
    if time.tzinfo is None:
        raise ValueError("no time zone")
    return time


ORDERS = {
    "newest": Order(descending=True),
    "oldest": Order(descending=False),
    "name": Order(descending=False, key=NAME_ORDER_SQL, read_key=_read_text),
    "changed": Order(descending=True, key="updated_at", read_key=_read_time),
}


def read_id(text: str) -> int | None:
    """Return a positive bigint written in ASCII digits, else None."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= BIGINT_MAX:
        return int(text)
    return None


class CursorError(ValueError):
    """A cursor that is none, or one of another order."""


@dataclass(frozen=True)
class Selection:
    """What someone looks at: the items that hold these words, so sorted, from a cursor on."""

    words: str = ""
    sort: str = "newest"
    size: int = 50
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Page:
    """Rows in order, and cursors: `before` for what precedes them, `after` for what follows."""

    rows: list[tuple]
    before: str = ""
    after: str = ""


def read_page(columns: str, wanted: Selection) -> Page:
    """Return up to `size` rows of these columns, from the top or beyond a cursor.

    After its columns each row holds its position, which is the key of the order
    and the id. One query, as what lies behind a cursor is not looked up: its page
    may turn out to be empty. Raise CursorError.
    """
    cursor = wanted.before or wanted.after
    backwards = bool(wanted.before)
    words = wanted.words.split()
    sql = page_sql(columns, wanted.sort, len(words), bool(cursor), backwards, wanted.size + 1)
    position = _read_cursor(cursor, wanted.sort) if cursor else []
    found = fetch(sql, [*words, *position], plan_anew=bool(words))
    has_more = len(found) > wanted.size
    rows = found[: wanted.size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    return Page(
        rows,
        before=_write_cursor(wanted.sort, rows[0]) if (has_more if backwards else cursor) else "",
        after=_write_cursor(wanted.sort, rows[-1]) if (backwards or has_more) else "",
    )


@cache
def page_sql(
    columns: str, sort: str, words_count: int, is_beyond: bool, backwards: bool, limit: int
) -> str:
    order = ORDERS[sort]
    conditions = [MATCHES] * words_count
    if is_beyond:
        conditions.append(order.beyond(backwards=backwards))
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    # The limit is no parameter: not knowing it, PostgreSQL would plan to read a tenth of the table.
    return (
        f"SELECT {columns}, {', '.join(order.keys)} FROM items_item {where}"
        f"ORDER BY {order.by(backwards=backwards)} LIMIT {limit}"
    )


def _write_cursor(sort: str, row: tuple) -> str:
    position = row[-2:] if ORDERS[sort].key else row[-1:]
    # Not in ASCII: it is part of a URL, and \ud83d\ude00 are 12 bytes of what UTF-8 says in 4.
    text = json.dumps(
        [sort, *position], default=datetime.isoformat, separators=(",", ":"), ensure_ascii=False
    )
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, sort: str) -> list:
    """Return the position that a cursor of this order names: the key, if it has one, and the id."""
    order = ORDERS[sort]
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        written_for, *keys, pk = json.loads(urlsafe_b64decode(padded))
        if written_for != sort or type(pk) is not int or not 0 < pk <= BIGINT_MAX:
            raise ValueError("another order, or no id")
        if len(keys) != bool(order.key):
            raise ValueError("another number of keys")
        return [*map(order.read_key, keys), pk] if order.read_key else [pk]
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise CursorError from error
