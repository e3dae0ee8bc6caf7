"""The orders of items, and positions in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from items.models.functions import CODE_POINT_ORDER, FOLDED_NAME

BIGINT_MAX = 2**63 - 1


def default_sort(words: Sequence[str]) -> str:
    return "best" if words else "newest"


def read_id(text: str) -> int | None:
    """Return a positive bigint written in ASCII digits, else None."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= BIGINT_MAX:
        return int(text)
    return None


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text")
    value.encode()  # raises ValueError for lone surrogates
    return value


def _read_time(value: Any) -> datetime:
    time = datetime.fromisoformat(_read_text(value))
    if time.tzinfo is None:
        raise ValueError("no time zone")
    return time


def _read_number(value: Any) -> int:
    if type(value) is not int or not 0 < value <= BIGINT_MAX:
        raise ValueError("no id")
    return value


def _read_rank(value: Any) -> int:
    if type(value) is not int or not 0 <= value < len(RANK_ORDERS):
        raise ValueError("no rank")
    return value


def _read_any_text(value: Any) -> str | None:
    return None if value is None else _read_text(value)


@dataclass(frozen=True)
class Order:
    """An order of items by `keys`, SQL expressions of which the last is the id.

    A position consists of one value for each key; in the ranked order, of a rank and a position
    within the rank. `readers` check such values from JSON and raise ValueError. In an order by a
    long key, the position has `shorter` instead, of which the function `lengthen` makes the key.
    """

    keys: tuple[str, ...]
    readers: tuple[Callable[[Any], Any], ...]
    descending: bool = False
    shorter: str = ""
    lengthen: str = ""

    @property
    def position(self) -> str:
        """Return the columns of a row's position."""
        return ", ".join([self.shorter or self.keys[0], *self.keys[1:]])

    def by(self, backwards: bool) -> str:
        """Return the ORDER BY list."""
        return ", ".join(key + self._direction(backwards) for key in self.keys)

    @property
    def aliases(self) -> list[str]:
        return [f"key{n}" for n in range(len(self.keys))]

    @property
    def as_aliases(self) -> str:
        return ", ".join(f"{key} AS key{n}" for n, key in enumerate(self.keys))

    def by_alias(self, backwards: bool) -> str:
        return ", ".join(alias + self._direction(backwards) for alias in self.aliases)

    def beyond(self, backwards: bool) -> str:
        """Return a row comparison with a position, whose parameters are p0, p1..."""
        comparison = "<" if self.descending != backwards else ">"
        parameters = [f"%(p{n})s" for n in range(len(self.keys))]
        if self.lengthen:
            parameters[0] = f"{self.lengthen}({parameters[0]})"
        return f"({', '.join(self.keys)}) {comparison} ({', '.join(parameters)})"

    def _direction(self, backwards: bool) -> str:
        return " DESC" if self.descending != backwards else ""


ORDERS = {
    "newest": Order(("id",), (_read_number,), descending=True),
    "oldest": Order(("id",), (_read_number,)),
    "name": Order(
        ("name_order", "id"),
        (_read_text, _read_number),
        shorter=FOLDED_NAME,
        lengthen="items_natural_key",
    ),
    "changed": Order(("updated_at", "id"), (_read_time, _read_number), descending=True),
    "best": Order((), (_read_rank, _read_any_text, _read_number)),
}

# The ranks of search results: the name equals the search; it does with other spaces or hyphens; it
# begins with it; it contains the two words as one; it is one of the words; it contains the words;
# the item contains them. The ranks of few names are sorted by the code points of the name, where
# such hits are often neighbours; the others by time, newest first, where the hits of a word are
# spread more evenly.
BY_CODE_POINTS = Order((CODE_POINT_ORDER, "id"), (_read_text, _read_number))
NEWEST = ORDERS["newest"]
RANK_ORDERS = (
    BY_CODE_POINTS,
    BY_CODE_POINTS,
    BY_CODE_POINTS,
    BY_CODE_POINTS,
    BY_CODE_POINTS,
    NEWEST,
    NEWEST,
)
HAS_TOGETHER = 3  # the rank of names with two words as one


def named(position: Sequence) -> dict[str, Any]:
    """Return a position as the parameters of Order.beyond."""
    return {f"p{n}": value for n, value in enumerate(position)}
