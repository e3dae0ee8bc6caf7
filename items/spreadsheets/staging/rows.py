"""The rows of an upload, for its preview and its report."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from items.database.sql import fetch
from items.models.item import WRITABLE
from items.spreadsheets.problems import sentence

TEXTS = ", ".join(
    f"CASE WHEN s.item IS NULL THEN s.{field} ELSE coalesce(s.{field}, i.{field}) END"
    for field in WRITABLE
)
OLD_TEXTS = ", ".join(f"i.{field}" for field in WRITABLE)
ROWS = f"""
    SELECT s.line, s.row_status, s.item, s.twin_item, s.twin_line, s.problem::text,
        ARRAY[{TEXTS}]::text[], ARRAY[{OLD_TEXTS}]::text[], i.id IS NOT NULL
    FROM (SELECT * FROM items_staged WHERE {{condition}} LIMIT %(limit)s) AS s
    LEFT JOIN items_item AS i ON i.id = coalesce(s.item, s.twin_item)
    ORDER BY s.line
"""
OF_STATUS = ROWS.format(
    condition="""
        upload_id = %(upload)s AND row_status = %(row_status)s AND line > %(after)s ORDER BY line"""
)
# Those that need a person come first if there are more than the limit.
FIRST = ROWS.format(
    condition="""
        upload_id = %(upload)s ORDER BY row_status IN ('new', 'changed', 'unchanged'), line"""
)

LEFT_OUT = ROWS.format(
    condition="""
        upload_id = %(upload)s AND line > %(after)s
        AND row_status NOT IN ('new', 'changed', 'unchanged') ORDER BY line"""
)
LEFT_OUT_AT_ONCE = 5000  # rows
STATUSES = ("new", "changed", "unchanged", "repeated", "close", "wrong", "outdated")


class StagedRow(NamedTuple):
    """A row of a file, and what would become of it.

    `texts` are those that an item will have, None where the row says nothing; `old` are those of
    the item that the row is or is close to, as it is now, None without an item.
    """

    line: int
    status: str
    item: int | None
    twin_item: int | None
    twin_line: int | None
    problem: list[dict]  # each with a code, see problems.py
    texts: dict[str, str | None]
    old: dict[str, str] | None

    def reasons(self) -> list[dict]:
        """Return why the row is left out: codes for problems.sentence()."""
        if self.status == "repeated" and self.twin_line:
            return [{"code": "repeats_line", "line": self.twin_line}]
        if self.status == "close" and self.twin_item:
            return [{"code": "close_to_item", "item": self.twin_item}]
        if self.status == "close":
            return [{"code": "close_to_line", "line": self.twin_line}]
        return self.problem


def read_rows(upload_id, status: str, *, after: int = 0, limit: int) -> list[StagedRow]:
    """Return the rows of one status, in order of line; `after` is the last line of a page."""
    return _read(OF_STATUS, upload_id, limit, row_status=status, after=after)


def read_first_rows(upload_id, limit: int) -> list[StagedRow]:
    """Return rows of any status, in order of line."""
    return _read(FIRST, upload_id, limit)


def left_out_rows(upload_id) -> Iterator[tuple[int, str]]:
    """Yield the line of each row that is not imported, and why, in order of line."""
    after = 0
    while rows := _read(LEFT_OUT, upload_id, LEFT_OUT_AT_ONCE, after=after):
        for row in rows:
            yield row.line, " ".join(map(_reason, row.reasons()))
        after = rows[-1].line


def _reason(fact: dict) -> str:
    column = fact.get("column")
    return f"{column}: {sentence(fact)}" if column else sentence(fact)


def _read(sql: str, upload_id, limit: int, **more: object) -> list[StagedRow]:
    rows = fetch(sql, {"upload": upload_id, "limit": limit, **more}, prepare=False)
    return [_row(*row) for row in rows]


def _row(*columns) -> StagedRow:
    line, status, item, twin_item, twin_line, problem, texts, old, has_old = columns
    return StagedRow(
        *(line, status, item, twin_item, twin_line),
        json.loads(problem) if problem else [],
        dict(zip(WRITABLE, texts, strict=True)),
        dict(zip(WRITABLE, old, strict=True)) if has_old else None,
    )
