"""From a file's rows to items: staged, compared with the list, imported by one click.

`stage()` writes the rows of an upload to the table items_staged, each with what would become of it.
`run_import()` imports them, but for those whose items changed in the meantime. `report()` tells
about both, and `read_rows()` gives the rows of one status, page by page. Pages keep the upload in
the database; the script's door and the command use the same statements, but stage their rows in a
temporary table (`apart()`). `left_out_rows()` are for the file of what was not imported.
"""

from items.spreadsheets.staging.choices import LEAVE_OUT, Choices, Rights
from items.spreadsheets.staging.click import Imported, PreviewOutdated, run_import
from items.spreadsheets.staging.report import report
from items.spreadsheets.staging.rows import StagedRow, left_out_rows, read_rows
from items.spreadsheets.staging.stage import UploadGone, UploadImported, apart, stage, total_line

__all__ = [
    "LEAVE_OUT",
    "Choices",
    "Imported",
    "PreviewOutdated",
    "Rights",
    "StagedRow",
    "UploadGone",
    "UploadImported",
    "apart",
    "left_out_rows",
    "read_rows",
    "report",
    "run_import",
    "stage",
    "total_line",
]
