"""Sheets of Excel and OpenDocument workbooks, as texts.

calamine ends the process if a cell lies so far outside that its table fills the memory.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal

import python_calamine

from items.spreadsheets.reader.kinds import Refused
from items.spreadsheets.reader.records import Record

DIGITS = ".15g"  # as exactly as spreadsheets themselves calculate
LARGE = 1e21  # numbers from here on are written with an exponent


def open_sheet(path: str, chosen: str | None) -> tuple[Iterator[Record], str, list[str]]:
    """Return the records of a sheet, its name, and the names of all visible sheets."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        names = _visible(workbook)
        if chosen is not None and chosen not in names:
            raise Refused("no_such_sheet", sheet=chosen)
        name, sheet = _first_filled(workbook, [chosen] if chosen is not None else names)
    except python_calamine.PasswordError:
        raise Refused("password")
    except (python_calamine.CalamineError, OSError):
        raise Refused("workbook_damaged")
    return _records(sheet), name, names


def _visible(workbook: python_calamine.CalamineWorkbook) -> list[str]:
    sheets = [
        sheet
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    visible = python_calamine.SheetVisibleEnum.Visible
    names = [sheet.name for sheet in sheets if sheet.visible == visible]
    return names or [sheet.name for sheet in sheets]


def _first_filled(
    workbook: python_calamine.CalamineWorkbook, names: list[str]
) -> tuple[str, python_calamine.CalamineSheet]:
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height and sheet.width:
            return name, sheet
    raise Refused("empty")


def _records(sheet: python_calamine.CalamineSheet) -> Iterator[Record]:
    for line, row in enumerate(sheet.iter_rows(), start=1):
        yield line, [cell if type(cell) is str else text_of(cell) for cell in row], None


def text_of(cell: object) -> str:
    """Return what a cell says; numbers and times without what only their format adds."""
    match cell:
        case bool():
            return str(cell).upper()
        case float():
            return _number(cell)
        case datetime.datetime():
            return cell.isoformat(" ")
        case datetime.timedelta():
            return _duration(cell)
    return str(cell)


def _number(number: float) -> str:
    text = format(number, DIGITS)
    return format(Decimal(text), "f") if "e" in text and 1e-9 < abs(number) < LARGE else text


def _duration(span: datetime.timedelta) -> str:
    seconds = round(abs(span).total_seconds())
    sign = "-" if span < datetime.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
