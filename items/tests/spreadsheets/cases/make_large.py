"""Make the cases that are too large to keep. Takes about 20 s.

python make_large.py FOLDER
"""

import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

XML = '<?xml version="1.0"?>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# The smallest workbook: all of it but its sheet
PARTS = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{MEDIA}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{MEDIA}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{XML}<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
SHEET_START = f'{XML}<worksheet xmlns="{SHEETS}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"


def write_workbook(path: Path, pieces: Iterable[bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, text in PARTS.items():
            packed.writestr(name, text)
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(SHEET_START)
            for piece in pieces:
                sheet.write(piece)
            sheet.write(SHEET_END)


def write_wide(path: Path) -> None:
    heads = ["name", "description", *(f"c{number}" for number in range(4998))]
    cells = ["Wide", "still read", *["x"] * 4998]
    path.write_text(",".join(heads) + "\n" + ",".join(cells) + "\n")


def make_large(folder: Path) -> None:
    write_wide(folder / "39-five-thousand-columns.csv")
    write_workbook(folder / "40-zip-bomb.xlsx", (b" " * 1_000_000 for _ in range(1000)))


if __name__ == "__main__":
    make_large(Path(sys.argv[1]))
