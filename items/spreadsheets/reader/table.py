"""A table of texts, from a text file or a workbook."""

import re
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import islice

from items.spreadsheets.reader.encoding import Encoding
from items.spreadsheets.reader.kinds import Refused
from items.spreadsheets.reader.records import Record, Records

SEPARATORS = ("\t", ";", ",")
SAMPLE_LINES = 200
SAMPLE_RECORDS = 50
SAMPLE_SHARE = 0.8  # of the records, equally wide, show a separator
HEADER_WITHIN = 10  # rows

SEPARATOR_LINE = re.compile(r'"?sep=(.)\1*"?[\r\n]*\Z', re.I)


class Table:
    def __init__(self, records: Iterable[Record], about: dict, encoding: Encoding | None) -> None:
        self.records: Iterator[Record] = iter(records)
        self.about = about
        self.encoding = encoding
        self.has_separator_line = False
        self.says: list[dict] = []

    @property
    def is_text(self) -> bool:
        return self.encoding is not None

    @property
    def is_clean(self) -> bool:
        """Whether PostgreSQL can store every character."""
        return self.encoding is not None and self.encoding.is_clean


def open_table(path: str, kind: str, encoding: Encoding | None, options: dict) -> Table:
    if encoding is None:
        from items.spreadsheets.reader.workbook import open_sheet

        records, sheet, sheets = open_sheet(path, options.get("sheet"))
        about = about_file(kind, sheet=sheet, sheets=sheets)
        table = Table(records, about, None)
        if len(sheets) > 1:
            table.says.append({"code": "sheet", "sheet": sheet, "sheets": len(sheets)})
        return table
    return _open_text(path, kind, encoding, options)


def about_file(kind: str, **known: object) -> dict:
    unknown: dict = {"encoding": None, "separator": None, "sheet": None, "sheets": []}
    return {"kind": kind} | unknown | known


def _open_text(path: str, kind: str, encoding: Encoding, options: dict) -> Table:
    file = encoding.open(path)
    start = list(islice(file, SAMPLE_LINES))
    named = SEPARATOR_LINE.match(start[0])
    if named:
        start = start[1:]
    separator = options.get("separator")
    if separator is None:
        separator = named[1] if named else _guess_separator(start, options)
    elif separator in ("\r", "\n", '"') or len(separator) > 1:
        raise Refused("no_separator", separator=separator)
    is_pasted = options["door"] == "paste"
    lines = _chained(start, file)
    records = Records(lines, separator, 2 if named else 1, is_clipboard=is_pasted)
    about = about_file(kind, encoding=encoding.name, separator=separator)
    table = Table(_with_lf(records) if is_pasted else records, about, encoding)
    table.has_separator_line = bool(named)
    return table


def _chained(start: list[str], file: TextIOWrapper) -> Iterator[str]:
    with file:
        yield from start
        yield from file


def _with_lf(records: Iterable[Record]) -> Iterator[Record]:
    """Undo what browsers do to the line ends of a form."""
    for line, cells, fault in records:
        yield line, [cell.replace("\r\n", "\n") for cell in cells], fault


def _guess_separator(lines: list[str], options: dict) -> str:
    """Return the separator under which most names of columns are known, or rows are equally wide.

    An empty text: there is one column.
    """
    from items.spreadsheets.reader.columns import known_cells

    samples = {separator: _sample(lines, separator) for separator in SEPARATORS}
    known = {
        separator: max(
            (known_cells(row, options) for row in rows[:HEADER_WITHIN] if len(row) > 1), default=0
        )
        for separator, rows in samples.items()
    }
    if any(known.values()):
        return max(SEPARATORS, key=known.__getitem__)
    if any(known_cells(row, options) for row in _sample(lines, "")[:HEADER_WITHIN]):
        return ""
    # A single pasted line is more likely a name with a comma in it than two cells.
    likely = [s for s in SEPARATORS if _is_regular(samples[s])]
    is_one = options["door"] == "paste" and len(samples["\t"]) < 2
    return next((s for s in likely if s == "\t" or not is_one), "")


def _sample(lines: list[str], separator: str) -> list[list[str]]:
    rows = [cells for _, cells, _ in Records(lines, separator) if any(cells)]
    return rows[:SAMPLE_RECORDS]


def _is_regular(rows: list[list[str]]) -> bool:
    widths = [len(row) for row in rows]
    return any(
        width > 1 and widths.count(width) >= SAMPLE_SHARE * len(widths) for width in set(widths)
    )
