"""Workbooks, made by a process of its own of what PostgreSQL gave."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext
from gevent.lock import BoundedSemaphore

from items.database.heavy_reads import heavy_read
from items.database.sql import fetch
from items.http.problems import Problem
from items.search.selection import Selection
from items.spreadsheets.export import COLUMNS, JSON_LINE, read_whole
from items.spreadsheets.spool import Spool

PROGRAM = Path(__file__).with_name("write_xlsx.py")
ROWS_MAX = 1_048_575  # Excel's, without the line of names
_making = BoundedSemaphore(1)  # one at a time, in each worker


def refuse_too_many(wanted: Selection) -> None:
    """Raise Problem 422 if a list has more items than a sheet has rows."""
    condition = wanted.search.matches if wanted.words else "TRUE"
    if wanted.words and wanted.search.is_empty:
        return
    sql = f"SELECT FROM items_item WHERE {condition} OFFSET {ROWS_MAX} LIMIT 1"
    with heavy_read():
        is_too_long = fetch(sql, wanted.search.parameters, prepare=False)
    if is_too_long:
        detail = gettext(
            "A workbook can have up to %(max)s rows, but more items match. Search for some of"
            " them, or download CSV."
        )
        raise Problem(422, detail % {"max": number_format(ROWS_MAX, force_grouping=True)})


def write_workbook(spool: Spool, wanted: Selection) -> None:
    """Fill a spool with the workbook of a list."""
    with TemporaryFile(buffering=0) as items:
        spool.write_each(read_whole(JSON_LINE, wanted), items)
        items.seek(0)
        with _making, TemporaryDirectory() as folder:
            _run([sys.executable, "-I", str(PROGRAM), folder, *COLUMNS], items, spool.file)


def _run(command: list[str], items: BinaryIO, output: BinaryIO) -> None:
    maker = subprocess.Popen(command, stdin=items, stdout=output, stderr=subprocess.PIPE)
    try:
        _, said = maker.communicate()
    finally:
        maker.kill()  # the client left; otherwise it has ended already
        maker.wait()
    if maker.returncode:
        raise RuntimeError(f"The workbook could not be made: {said.decode(errors='replace')}")
