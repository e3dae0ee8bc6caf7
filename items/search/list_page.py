"""A page of the list for people: its rows, the total, and near misses."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from items.database.sql import TooLong
from items.models.item import EXCERPTED, SUMMARY_LENGTH
from items.search.highlight import first_match
from items.search.keyset import read_page
from items.search.selection import Selection
from items.search.words import ENOUGH, count, count_all, read_close

# `id` is the item's: the table of changes has none.
CHANGED_BY = """(
    SELECT (SELECT who FROM items_changeset AS change_set WHERE change_set.id = change_set_id)
    FROM items_change WHERE item_id = id ORDER BY items_change.version DESC LIMIT 1
)"""
LEAD_LENGTH = 50  # characters before the first match
FAR = SUMMARY_LENGTH - 2 * LEAD_LENGTH  # characters before these: then the summary begins there


class Row(NamedTuple):
    id: str  # digits, as in URLs
    name: str
    summary: str
    updated_at: datetime
    changed_by: str  # empty: a visitor, or not for this reader


@dataclass(frozen=True)
class ListPage:
    """Rows in order, with the cursors of Page.

    `total` is only set on the first page; None means more than COUNT_MAX. With `is_close` the rows
    are near misses; with `is_too_many` there are too many names to look for near misses. With
    `is_unsearchable`, folding left nothing of the search.
    """

    rows: list[Row]
    before: str = ""
    after: str = ""
    total: int | None = None
    is_close: bool = False
    is_too_many: bool = False
    is_unsearchable: bool = False


def read_list_page(selection: Selection, *, names_people: bool = False) -> ListPage:
    """Return a page, with who changed each item last if names_people; raise CursorError."""
    page = read_page(_columns(selection, names_people), selection)
    rows = _rows(page.rows, selection.words)
    if selection.after or selection.before:
        return ListPage(rows, page.before, page.after)
    if selection.words and not rows:
        return _near_misses(selection, names_people)
    total = _total(selection) if page.after else len(rows)
    return ListPage(rows, page.before, page.after, total)


def _rows(fetched: list[tuple], words: tuple[str, ...]) -> list[Row]:
    """Return the rows without their positions, which come after the columns of a Row."""
    return [
        Row(str(pk), name, _summary(text, words), updated_at, changed_by or "")
        for pk, name, text, updated_at, changed_by, *_position in fetched
    ]


def _summary(text: str, words: tuple[str, ...]) -> str:
    """Return the part of a long text with the first match; see _columns()."""
    if len(text) <= SUMMARY_LENGTH + 1:  # with the ellipsis
        return text
    start = (first_match(text, words) or 0) - LEAD_LENGTH
    if start <= FAR:
        return text[:SUMMARY_LENGTH]
    return "…" + text[start : start + SUMMARY_LENGTH]


def _total(selection: Selection) -> int | None:
    if not selection.words:
        return count_all()
    search = selection.search
    return None if search.estimate(search.in_item) > ENOUGH else count(search)


def _near_misses(selection: Selection, names_people: bool) -> ListPage:
    if selection.search.is_empty:
        return ListPage([], total=0, is_unsearchable=True)
    try:
        close = read_close(_columns(selection, names_people), selection.search)
    except TooLong:
        return ListPage([], total=0, is_too_many=True)
    return ListPage(_rows(close, selection.words), total=0, is_close=bool(close))


def _columns(selection: Selection, names_people: bool) -> str:
    """Return the columns of a Row; if the first match is far down, the summary begins there.

    PostgreSQL knows the place of the match in the folded text. If the text up to there has another
    length, the summary is the whole text, and _summary() cuts it.
    """
    summary = f"left({EXCERPTED}, {SUMMARY_LENGTH})"
    if selection.words:
        folded = "substr(search, strpos(search, E'\\n') + 1)"
        places = (f"nullif({place}, 0)" for place in selection.search.places(folded))
        place = f"least({', '.join(places)})"
        start = f"{place} - {LEAD_LENGTH}"
        summary = f"""
            CASE WHEN length(items_fold(left({EXCERPTED}, {place}))) <> {place} THEN {EXCERPTED}
                WHEN {start} > {FAR} THEN '…' || substr({EXCERPTED}, {start}, {SUMMARY_LENGTH})
                ELSE {summary} END
        """
    changed_by = CHANGED_BY if names_people else "''"
    return f"id, name, {summary}, updated_at, {changed_by}"
