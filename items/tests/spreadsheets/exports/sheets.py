"""Read exported files as other programs do."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree

from items.http.negotiation import CSV, NDJSON, XLSX

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADDRESSES = {"/items.csv": CSV, "/items.ndjson": NDJSON, "/items.xlsx": XLSX}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ESCAPED = re.compile("_x([0-9A-F]{4})_")  # of a character, in workbooks


def body(response):
    assert response.status_code == 200, response.text
    return response.getvalue()


def csv_rows(data):
    """Return the lines of names and cells, without what keeps a formula from running."""
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    return [[unescape(cell) for cell in row] for row in rows]


def unescape(cell):
    return re.sub("^'(?='*[=+@\t\r\n＝＋－＠-])", "", cell)


def workbook_cells(data):
    """Return the cells of a workbook's sheet as elements, by their references."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return {cell.get("r"): cell for cell in sheet.iter(f"{MAIN}c")}


def workbook_texts(data):
    return {place: text_of(cell) for place, cell in workbook_cells(data).items()}


def text_of(cell):
    text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{MAIN}t", f"{MAIN}v"))
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def ids_of(data, kind):
    if kind == CSV:
        return [int(row[0]) for row in csv_rows(data)[1:]]
    if kind == NDJSON:
        return [json.loads(line)["id"] for line in data.splitlines()]
    cells = workbook_texts(data)
    return [int(text) for place, text in cells.items() if place[0] == "A" and place != "A1"]
