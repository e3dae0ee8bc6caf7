"""Make a workbook of items: `python -I write_xlsx.py FOLDER COLUMN... <ITEMS.ndjson >ITEMS.xlsx`.

A program of its own: it takes seconds of CPU, while the process that starts it answers others. It
imports nothing of this project. FOLDER is for its temporary files.
"""

import json
import os
import resource
import sys

from xlsxwriter import Workbook

CPU_SECONDS = 600
ROWS_UNTIL_LOOK = 10_000  # until it looks whether the process that started it still lives
NUMBER_MAX = 10**15  # Excel has 15 digits
WIDTHS = {"id": 10, "name": 40}  # in characters
WIDTH = 60
NO_XML = str.maketrans("\ufffe\uffff", "\ufffd\ufffd")  # what XML cannot hold
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def main(folder: str, *columns: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    parent = os.getppid()
    with (
        open(sys.stdout.fileno(), "wb", closefd=False) as output,
        Workbook(output, OPTIONS | {"tmpdir": folder}) as book,
    ):
        book.use_zip64()
        text = book.add_format({"num_format": "@"})  # so that nothing becomes a number or a date
        sheet = book.add_worksheet("Items")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(column, WIDTH), text if place else None)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, book.add_format({"bold": True}))
        for row, line in enumerate(sys.stdin.buffer, start=1):
            if row % ROWS_UNTIL_LOOK == 0 and os.getppid() != parent:
                sys.exit("The process that wanted this workbook has ended.")
            item = json.loads(line)
            for place, column in enumerate(columns):
                _write(sheet, row, place, item[column], text)


def _write(sheet, row: int, place: int, value: int | str, text) -> None:
    if isinstance(value, int) and value < NUMBER_MAX:
        failed = sheet.write_number(row, place, value)
    else:
        cell = str(value).translate(NO_XML)
        failed = cell and sheet.write_string(row, place, cell, text)
    if failed:
        sys.exit(f"Row {row + 1}, column {place + 1} does not fit into a workbook.")


if __name__ == "__main__":
    main(*sys.argv[1:])
