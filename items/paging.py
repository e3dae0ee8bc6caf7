"""Keyset pages: each begins where another ended, so a deep page costs what the first one does."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Expression, F, Func, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan

from items.models import NAME_ORDER, ItemQuerySet

BIGINT_MAX = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """An order of items: by `key`, if there is one, and then by id."""

    descending: bool
    key: Expression | None = None
    read_key: Callable[[Any], Any] | None = None  # from JSON; raises ValueError

    def sort(self, items: ItemQuerySet, *, backwards: bool = False) -> ItemQuerySet:
        keys = ["cursor_key", "id"] if self.key else ["id"]
        falling = self.descending != backwards
        return self._with_key(items).order_by(*(f"-{key}" if falling else key for key in keys))

    def beyond(
        self, items: ItemQuerySet, position: Sequence, *, backwards: bool = False
    ) -> ItemQuerySet:
        """Keep what comes after a position, or before it; PostgreSQL compares whole rows."""
        comparison = LessThan if self.descending != backwards else GreaterThan
        row = Row(self.key, F("id")) if self.key else Row(F("id"))
        return items.filter(comparison(row, Row(*map(Value, position))))

    def _with_key(self, items: ItemQuerySet) -> ItemQuerySet:
        return items.annotate(cursor_key=self.key) if self.key else items


class Row(Func):
    template = "(%(expressions)s)"
    output_field = TextField()  # Django wants one; nothing reads it


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
    "name": Order(descending=False, key=NAME_ORDER, read_key=_read_text),
    "changed": Order(descending=True, key=F("updated_at"), read_key=_read_time),
}


def read_id(text: str) -> int | None:
    """Return a positive bigint written in ASCII digits, else None."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= BIGINT_MAX:
        return int(text)
    return None


class CursorError(ValueError):
    """A cursor that is none, or one of another order."""


@dataclass(frozen=True)
class Page:
    """Rows in order, and cursors: `before` for what precedes them, `after` for what follows."""

    rows: list
    before: str = ""
    after: str = ""


def read_page(
    items: ItemQuerySet,
    sort: str,
    size: int,
    *,
    after: str = "",
    before: str = "",
    fetch: Callable[[ItemQuerySet], list] = list,
) -> Page:
    """Return up to `size` items of an order, from the top or beyond a cursor.

    `fetch` makes rows of a queryset; they have `id` and, in an order with a
    key, `cursor_key`. One query, as what lies behind a cursor is not looked up:
    its page may turn out to be empty. Raise CursorError.
    """
    order = ORDERS[sort]
    if before:
        beyond = order.beyond(items, _read_cursor(before, sort), backwards=True)
        found = fetch(order.sort(beyond, backwards=True)[: size + 1])
        rows = found[:size][::-1]
        has_before, has_after = len(found) > size, True
    else:
        beyond = order.beyond(items, _read_cursor(after, sort)) if after else items
        found = fetch(order.sort(beyond)[: size + 1])
        rows = found[:size]
        has_before, has_after = bool(after), len(found) > size
    if not rows:
        return Page([])
    return Page(
        rows,
        before=_write_cursor(sort, rows[0]) if has_before else "",
        after=_write_cursor(sort, rows[-1]) if has_after else "",
    )


def _write_cursor(sort: str, row: Any) -> str:
    position = [row.cursor_key, row.id] if ORDERS[sort].key else [row.id]
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
        if len(keys) != (order.key is not None):
            raise ValueError("another number of keys")
        return [*map(order.read_key, keys), pk] if order.read_key else [pk]
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise CursorError from error
