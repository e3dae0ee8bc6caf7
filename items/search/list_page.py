"""A page of the list for people: its rows, the total, and near misses."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from items.database.sql import TooLong
from items.models.item import EXCERPTED, SUMMARY_LENGTH
from items.search.keyset import read_page
from items.search.selection import Selection
from items.search.words import ENOUGH, Search, count, count_all, read_close

LEAD_LENGTH = 50  # characters before the first match


class Row(NamedTuple):
    id: str  # digits, as in URLs
    name: str
    summary: str
    updated_at: datetime


@dataclass(frozen=True)
class ListPage:
    """Rows in order, with the cursors of Page.

    `total` is only set on the first page; None means more than COUNT_MAX. With `is_close` the rows
    are near misses; with `is_too_many` there are too many names to look for near misses.
    """

    rows: list[Row]
    before: str = ""
    after: str = ""
    total: int | None = None
    is_close: bool = False
    is_too_many: bool = False


def read_list_page(selection: Selection) -> ListPage:
    """Return a page; raise CursorError."""
    page = read_page(_columns(selection), selection)
    rows = _rows(page.rows)
    if selection.after or selection.before:
        return ListPage(rows, page.before, page.after)
    if selection.words and not rows:
        return _near_misses(selection)
    total = _total(selection) if page.after else len(rows)
    return ListPage(rows, page.before, page.after, total)


def _rows(fetched: list[tuple]) -> list[Row]:
    """Return the rows without their positions, which come after the columns of a Row."""
    return [Row(str(pk), *row[: len(Row._fields) - 1]) for pk, *row in fetched]


def _total(selection: Selection) -> int | None:
    if not selection.words:
        return count_all()
    search = Search(selection.words)
    return None if search.estimate(search.in_item) > ENOUGH else count(search)


def _near_misses(selection: Selection) -> ListPage:
    try:
        close = read_close(_columns(selection), Search(selection.words))
    except TooLong:
        return ListPage([], total=0, is_too_many=True)
    return ListPage(_rows(close), total=0, is_close=bool(close))


def _columns(selection: Selection) -> str:
    """Return the columns of a Row; if the first match is far down, the summary begins there."""
    summary = f"left({EXCERPTED}, {SUMMARY_LENGTH})"
    if selection.words:
        hits = Search(selection.words).each("nullif(strpos(search, items_fold({})), 0)")
        start = f"least({', '.join(hits)}) - length(name) - 1 - {LEAD_LENGTH}"
        summary = f"""
            CASE WHEN {start} > {SUMMARY_LENGTH - 2 * LEAD_LENGTH}
                THEN '…' || substr({EXCERPTED}, {start}, {SUMMARY_LENGTH})
                ELSE {summary} END
        """
    return f"id, name, {summary}, updated_at"
