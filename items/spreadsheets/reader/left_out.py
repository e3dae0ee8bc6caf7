"""The rows that were left out, as a file like the sender's own with a last column `error`.

The standard input has a line for each of them: its line in the file, a tab, and the error.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator

from items.spreadsheets.reader.columns import fold
from items.spreadsheets.reader.encoding import Encoding
from items.spreadsheets.reader.rows import Layout
from items.spreadsheets.reader.table import SEPARATORS, Table, open_table

ERROR = "error"
FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"  # how a cell begins that a spreadsheet would run
SHEET_NAME_BYTES = 31 * 2  # in UTF-16, that Excel allows
NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")  # OpenDocument allows these, Excel does not
CELL_LENGTH = 32_767  # characters that Excel allows in a cell


def write_left_out(path: str, kind: str, encoding: Encoding | None, options: dict) -> None:
    errors = dict(_read_errors(sys.stdin.buffer))
    if kind in ("json", "ndjson") and encoding is not None:
        _write_objects(path, kind, encoding, errors)
        return
    options = options | {"other_columns": "keep"}
    # Rows can be wider than their header: all are looked at before the first is written.
    left_out = _LeftOut(open_table(path, kind, encoding, options), options, errors)
    width = max((len(row) for row in left_out.rows()), default=0)
    table = open_table(path, kind, encoding, options)
    rows = _LeftOut(table, options, errors).table(width)
    if encoding is None:
        _write_workbook(rows, table.about["sheet"])
    else:
        is_guessed = options.get("encoding") is None
        _write_text(rows, table, encoding, errors.values(), is_guessed)


def _read_errors(lines: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    for text in lines:
        line, _, error = text.decode().rstrip("\n").partition("\t")
        yield int(line), error


class _LeftOut:
    def __init__(self, table: Table, options: dict, errors: dict[int, str]) -> None:
        self._layout = Layout(table, options)
        self._errors = errors
        columns = self._layout.columns
        self._heads = self._layout.header or _invented(columns.heads, columns.fields)
        # A file of errors that is sent again has a column of them already.
        self._old = {i for i, head in enumerate(self._heads) if fold(head) == ERROR}

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of each row, with its error in front."""
        for line, cells, _ in self._layout.records:
            if line in self._errors:
                yield [self._errors[line], *self._without_old(cells)]

    def table(self, width: int) -> Iterator[list[str]]:
        heads = self._without_old(self._heads)
        width = max(width - 1, len(heads))
        for error, *cells in [[ERROR, *heads], *self.rows()] if width else []:
            yield [*cells, *[""] * (width - len(cells)), error]

    def _without_old(self, cells: list[str]) -> list[str]:
        return [cell for i, cell in enumerate(cells) if i not in self._old] if self._old else cells


def _invented(letters: list[str], fields: dict[str, int]) -> list[str]:
    """Name the columns of a table without a header, so that the file can be sent again."""
    names = {index: field for field, index in fields.items()}
    return [names.get(index, letter) for index, letter in enumerate(letters)]


def _write_text(
    rows: Iterable[list[str]],
    table: Table,
    encoding: Encoding,
    errors: Iterable[str],
    is_guessed: bool,
) -> None:
    """Write the rows so that they are read as they were, also if a person had to say how."""
    name, mark = encoding.name, encoding.mark
    if not is_guessed or not all(_can_hold(name, error) for error in errors):
        name, mark = "utf-8", b"\xef\xbb\xbf"
    sys.stdout.buffer.write(mark)
    handler = "surrogateescape" if not name.startswith("utf-16") else "replace"
    out = io.TextIOWrapper(sys.stdout.buffer, name, handler, newline="")
    separator = table.about["separator"]
    if table.has_separator_line or separator not in ("", *SEPARATORS):
        out.write(f"sep={separator}\r\n")
    writer = csv.writer(out, delimiter=separator or ",")
    writer.writerows([*row[:-1], _harmless(row[-1])] for row in rows)
    out.flush()
    out.detach()


def _can_hold(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _harmless(error: str) -> str:
    return f"'{error}" if error.startswith(tuple(FORMULA)) else error


def _write_workbook(rows: Iterable[list[str]], sheet_name: str) -> None:
    import xlsxwriter

    workbook = xlsxwriter.Workbook(sys.stdout.buffer, {"constant_memory": True})
    as_text = workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet(_sheet_name(sheet_name))
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(line, column, cell[:CELL_LENGTH], as_text)
    workbook.close()


def _sheet_name(name: str) -> str:
    units = NO_SHEET_NAME.sub("_", name).encode("utf-16-le")[:SHEET_NAME_BYTES]
    return units.decode("utf-16-le", "ignore").strip("'")


def _write_objects(path: str, kind: str, encoding: Encoding, errors: dict[int, str]) -> None:
    from items.spreadsheets.reader.objects import read_objects

    write, separator = sys.stdout.write, "\n" if kind == "ndjson" else ",\n"
    write("" if kind == "ndjson" else "[")
    is_first = True
    for line, value, _, text in read_objects(path, kind, encoding):
        if line in errors:
            row = value if isinstance(value, dict) else {"line": text.strip() or value}
            write("" if is_first else separator)
            write(json.dumps(row | {ERROR: errors[line]}))
            is_first = False
    write("\n" if kind == "ndjson" else "]\n")
    sys.stdout.flush()
