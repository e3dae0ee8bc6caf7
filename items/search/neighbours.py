"""The items before and after one item in a list."""

from dataclasses import replace
from typing import NamedTuple

from items.database.heavy_reads import heavy_read
from items.database.sql import TooLong, fetch, limited
from items.http.problems import Problem
from items.search.keyset import read_page, write_cursor
from items.search.ranking import conditions
from items.search.selection import Selection
from items.search.sorting import ORDERS, RANK_ORDERS

TIMEOUT_MS = 500  # of a statement; one letter as a search can take seconds in a long list


class Neighbours(NamedTuple):
    """The ids of two items; None at the ends of the list."""

    previous: int | None = None
    next: int | None = None


def read_neighbours(selection: Selection, cursor: str) -> Neighbours:
    """Return the neighbours of a cursor in a list; none at the cursor "".

    They are an extra: without time to find them, there are none.
    """
    if not cursor:
        return Neighbours()
    try:
        with heavy_read(bool(selection.words)), limited(TIMEOUT_MS):
            return Neighbours(
                _first(selection.at(before=cursor)), _first(selection.at(after=cursor))
            )
    except (Problem, TooLong):
        return Neighbours()


def read_cursor_of(selection: Selection, pk: int) -> str:
    """Return the cursor of an item in a list; "" if it is not there, or not found in time."""
    try:
        with heavy_read(bool(selection.words)), limited(TIMEOUT_MS):
            position = _read_position(selection, pk)
    except (Problem, TooLong):
        return ""
    return write_cursor(selection.sort, position) if position else ""


def _first(selection: Selection) -> int | None:
    rows = read_page("id", replace(selection, size=1)).rows
    return rows[0][0] if rows else None


def _read_position(selection: Selection, pk: int) -> tuple | None:
    if selection.sort == "best":
        return _read_ranked_position(selection, pk)
    sql = f"SELECT {ORDERS[selection.sort].position} FROM items_item WHERE id = %(pk)s"
    rows = fetch(sql, {"pk": pk})
    return rows[0] if rows else None


def _read_ranked_position(selection: Selection, pk: int) -> tuple | None:
    """Return the position in the first rank whose condition the item meets."""
    if selection.search.is_empty:
        return None
    ranks = list(zip(conditions(selection.search), RANK_ORDERS, strict=True))
    for rank, (condition, order) in enumerate(ranks):
        if not condition:
            continue
        sql = f"SELECT {order.position} FROM items_item WHERE id = %(pk)s AND ({condition})"
        rows = fetch(sql, selection.search.parameters | {"pk": pk}, prepare=False)
        if rows:
            missing = len(ORDERS["best"].readers) - 1 - len(order.keys)
            return (rank, *[None] * missing, *rows[0])
    return None
