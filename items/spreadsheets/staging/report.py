"""The report of a staging or an import, as scripts get it in JSON."""

from typing import Any

from items.models import Upload
from items.models.item import WRITABLE
from items.spreadsheets.problems import sentence
from items.spreadsheets.staging.rows import StagedRow, read_first_rows

ROWS_MAX = 1000  # in a report; rows that need a person come first


def report(upload: Upload) -> dict[str, Any]:
    rows = read_first_rows(upload.pk, ROWS_MAX)
    result = upload.result
    return {
        "read": upload.about.get("read", {}),
        "says": [sentence(each) for each in upload.about.get("says", [])],
        "counts": upload.counts,
        "imported": result and {key: result[key] for key in ("new", "changed")},
        "change_set": result and result["change_set"],
        "rows": [_told(row) for row in rows],
        "rows_cut": sum(upload.counts.values()) > len(rows),
    }


def _told(row: StagedRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "status": row.status,
        **{field: row.texts[field] for field in WRITABLE},
        "item": row.item,
        "twin_item": row.twin_item,
        "twin_line": row.twin_line,
        "errors": [
            {"column": each.get("column"), "code": each["code"], "detail": sentence(each)}
            for each in row.reasons()
        ],
    }
