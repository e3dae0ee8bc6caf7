"""Import a CSV file with COPY, as a whole or not at all."""

import csv
import re
from array import array
from collections.abc import Callable, Iterable, Iterator

import psycopg
from django.db import connection, transaction

from items.models import Item
from items.models.item import WRITABLE, as_saved, max_length

DELIMITERS = (",", ";", "\t")  # Excel writes semicolons in countries with decimal commas


class SpreadsheetError(Exception):
    """A file that cannot be imported, with the error, its line and its column."""

    def __init__(self, line: int, problem: str, column: str | None = None) -> None:
        where = f"line {line}, column {column}" if column else f"line {line}"
        super().__init__(f"{where}: {problem}")


def import_csv(lines: Iterable[bytes], progress: Callable[[int], object]) -> int:
    """Add every row of a CSV file in UTF-8 as an item; return how many.

    The first row contains the column names: `name`, and any others of WRITABLE. `progress` is
    called with the number of bytes of each line. The constraints of the table check the rows. At
    the first bad row, raise SpreadsheetError and import nothing.
    """
    reader = _Reader(lines, progress)
    order = f"COPY items_item ({', '.join(reader.columns)}) FROM STDIN"
    row_lines = array("Q")  # line of each row, for the error messages of PostgreSQL
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(order) as copy:
                for line, row in reader.rows():
                    row_lines.append(line)
                    copy.write_row(row)
            if row_lines:
                cursor.execute("ANALYZE items_item")
    except psycopg.errors.CheckViolation as error:
        name = error.diag.constraint_name
        rule = next(rule for rule in Item._meta.constraints if rule.name == name)
        column = next(field for field in WRITABLE if name.startswith(f"item_{field}_"))
        raise SpreadsheetError(
            _line_of(error, row_lines), str(rule.violation_error_message), column
        ) from error
    except psycopg.errors.StringDataRightTruncation as error:
        column = re.search(r"column (\w+)", error.diag.context)[1]
        problem = f"At most {max_length(column)} characters."
        raise SpreadsheetError(_line_of(error, row_lines), problem, column) from error
    return len(row_lines)


def _line_of(error: psycopg.Error, row_lines: array) -> int:
    """Return the line in the file of a row that COPY reports as "COPY items_item, line 17, ..."."""
    row = int(re.search(r"items_item\D*(\d+)", error.diag.context)[1])
    return row_lines[row - 1]


class _Reader:
    """Rows of a CSV file, with the line numbers of their beginnings."""

    def __init__(self, lines: Iterable[bytes], progress: Callable[[int], object]) -> None:
        self._progress = progress
        self._texts = self._decode(lines)
        header = next(self._texts, "")
        found = [delimiter for delimiter in DELIMITERS if delimiter in header]
        self._csv = csv.reader(
            self._with_header(header), delimiter=found[0] if found else ",", strict=True
        )
        cells = next(self._parsed(), (1, []))[1]
        self.columns = [cell.strip().lower() for cell in cells]
        self._check_columns()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for line, row in self._parsed():
            if len(row) != len(self.columns):
                raise SpreadsheetError(
                    line,
                    f"{len(row)} cells, but the first line has {len(self.columns)} columns.",
                )
            cells = list(zip(self.columns, row, strict=True))
            for column, cell in cells:
                if "\0" in cell:
                    raise SpreadsheetError(line, "Null characters are not allowed.", column)
            yield line, [as_saved(column, cell) for column, cell in cells]

    def _parsed(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self._csv.line_num + 1
            try:
                row = next(self._csv)
            except StopIteration:
                return
            except csv.Error as error:
                raise SpreadsheetError(line, f"This is not CSV: {error}.") from error
            if row:  # skip empty lines
                yield line, row

    def _check_columns(self) -> None:
        known = f"{', '.join(WRITABLE[:-1])} and {WRITABLE[-1]}"
        expected = f"The first line must name the columns: {known}."
        if "name" not in self.columns:
            raise SpreadsheetError(1, f"The column 'name' is missing. {expected}")
        for column in self.columns:
            if column not in WRITABLE:
                raise SpreadsheetError(1, f"The column {column!r} is unknown. {expected}")
            if self.columns.count(column) > 1:
                raise SpreadsheetError(1, f"The column {column!r} appears twice. {expected}")

    def _with_header(self, header: str) -> Iterator[str]:
        yield header
        yield from self._texts

    def _decode(self, lines: Iterable[bytes]) -> Iterator[str]:
        for number, line in enumerate(lines, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                problem = f"Byte {error.start + 1} is not UTF-8. Save the file as CSV in UTF-8."
                raise SpreadsheetError(number, problem) from error
            self._progress(len(line))
