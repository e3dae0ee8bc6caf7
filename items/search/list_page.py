"""A page of the list for people: its rows, the total, and near misses."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from items.database.snapshot_cache import Result, cached
from items.database.sql import TooLong
from items.models.item import EXCERPTED, SUMMARY_LENGTH
from items.search.counting import Total, count, total
from items.search.highlight import first_match
from items.search.keyset import Page, read_page
from items.search.near_misses import read_near_misses
from items.search.selection import Selection

# `id` is the item's: the table of changes has none.
CHANGED_BY = """(
    SELECT (SELECT who FROM items_changeset AS change_set WHERE change_set.id = change_set_id)
    FROM items_change WHERE item_id = id ORDER BY items_change.version DESC LIMIT 1
)"""
LEAD_LENGTH = 50  # characters before the first match
FAR = SUMMARY_LENGTH - 2 * LEAD_LENGTH  # characters before these: then the summary begins there

TOTAL_SIZE = 100  # bytes of a Total


class Row(NamedTuple):
    id: str  # digits, as in URLs
    name: str
    summary: str
    updated_at: datetime
    changed_by: str  # empty: a visitor, or not for this reader


@dataclass(frozen=True)
class ListPage:
    """Rows in order, with the cursors of Page.

    `total` is exact; if there are too many to count, it is None, and there are `about` so many.
    `close` are near misses, which come after the rows. With `is_too_many` there are too many names
    to look for them. With `is_unsearchable`, folding left nothing of the search.
    """

    rows: list[Row]
    before: str = ""
    after: str = ""
    total: int | None = 0
    about: int | None = None
    close: list[Row] = field(default_factory=list)
    is_too_many: bool = False
    is_unsearchable: bool = False

    @property
    def is_close(self) -> bool:
        """Tell whether nothing was found, but something comes close."""
        return bool(self.close and not self.rows)


def read_list_page(selection: Selection, *, names_people: bool = False) -> ListPage:
    """Return a page, with who changed each item last if names_people; raise CursorError."""
    columns = _columns(selection, names_people)
    page = read_page(columns, selection)
    rows, is_too_many = _rows(page.rows, selection), False
    try:
        close = _rows(read_near_misses(columns, selection, page), selection)
    except TooLong:
        close, is_too_many = [], not rows
    number = _total(selection, page) if rows else Total(0)
    return ListPage(
        rows,
        page.before,
        page.after,
        total=number.number if number.is_exact else None,
        about=None if number.is_exact else number.number,
        close=close,
        is_too_many=is_too_many,
        is_unsearchable=bool(selection.words) and selection.search.is_empty,
    )


def _rows(fetched: list[tuple], selection: Selection) -> list[Row]:
    """Return the rows without their positions, which come after the columns of a Row."""
    return [
        Row(str(pk), name, _summary(text, selection.words), updated_at, changed_by or "")
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


def _total(selection: Selection, page: Page) -> Total:
    """Return the number of items of the list; its pages share it until something is committed."""
    if selection == selection.at() and not page.after:
        return Total(len(page.rows))
    key = ("total", selection.words, selection.typed, selection.is_counted)
    return cached(key, lambda: Result(_count(selection), TOTAL_SIZE))


def _count(selection: Selection) -> Total:
    return Total(count(selection.search)) if selection.is_counted else total(selection.search)


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
