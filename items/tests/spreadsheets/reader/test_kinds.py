"""What a file is, by its content; and workbooks."""

import datetime
import io
import zipfile

import pytest
import xlsxwriter

from items.spreadsheets.reader.workbook import text_of
from items.spreadsheets.reading import Refused
from items.tests.spreadsheets.reader.reading import read_file, read_text


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/")), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\n" * 5000, "empty"),
        (b"\x89PNG\r\n\x1a\n", r"picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"<svg xmlns='x'>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1", "RTF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x7fELF\x02", "program"),
        (b"ID3\x04", "MP3"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "web page"),
        ("<html>".encode("utf-16"), "web page"),
        (b"<?xml version='1.0'?><Workbook xmlns='x'>", "Excel 2003"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "vCard"),
        (bytes(range(256)) * 20, "neither"),
        (packed(word__document="x"), "Word"),
        (packed(**{"Index__Document.iwa": "x"}), "Apple Numbers"),
        (packed(**{"list.csv": "name\nA"}), r"compressed \(ZIP\)"),
        (packed(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
        (packed(**{"xl__workbook.xml": "x"}), "damaged"),
        (packed(word__document="x")[:40], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "Word"),
    ],
)
def test_refuses(tmp_path, content, sentence):
    with pytest.raises(Refused, match=sentence):
        read_text(tmp_path, content)


@pytest.mark.parametrize("start", ["ID;Product", "BM", "{name}", "[1] x", "<b>", "PK", "MZ", "GIF"])
def test_texts_that_begin_like_another_kind(tmp_path, start):
    found = read_text(tmp_path, f"{start},x\nb,c\n")

    assert found.read["kind"] == "text"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (4006381333931.0, "4006381333931"),
        (1e20, "100000000000000000000"),
        (1e300, "1e+300"),
        (-0.00001, "-0.00001"),
        (True, "TRUE"),
        (datetime.date(2026, 11, 25), "2026-11-25"),
        (datetime.datetime(2026, 11, 25, 8, 5), "2026-11-25 08:05:00"),
        (datetime.time(8, 5), "08:05:00"),
        (datetime.timedelta(hours=26, minutes=5), "26:05:00"),
    ],
)
def test_cell_of_a_workbook(cell, text):
    assert text_of(cell) == text


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Hidden").hide()
        workbook.add_worksheet("Empty").activate()
        sheet = workbook.add_worksheet("Tools")
        sheet.write_string(2, 1, "Name")
        sheet.write_string(2, 2, "Qty")
        sheet.write_string(4, 1, "'007")
        sheet.write_number(4, 2, 7)
        workbook.add_worksheet("Other").write_string(0, 0, "name")
    return path


def test_first_visible_sheet_with_cells(book):
    found = read_file(book)

    assert found.read["sheet"] == "Tools"
    assert found.read["sheets"] == ["Empty", "Tools", "Other"]
    assert found.read["header_line"] == 3
    assert not found.head["is_text"]
    assert found.texts("line", "name", "extra") == [(5, "'007", "Qty: 7")]


def test_chosen_sheet(book):
    assert read_file(book, sheet="Other").codes[-1] == "no_rows"
    with pytest.raises(Refused, match="Nowhere"):
        read_file(book, sheet="Nowhere")
    with pytest.raises(Refused, match="empty"):
        read_file(book, sheet="Empty")
