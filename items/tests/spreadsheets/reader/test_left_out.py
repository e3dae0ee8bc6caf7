"""The rows that were left out, as a file like the sender's own, to be mended and sent again."""

import json
from io import BytesIO
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from items.spreadsheets.reading import left_out, reader_options
from items.tests.spreadsheets.reader.reading import read_file

# calamine goes by these prefixes.
CELL = '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
ROWS = "".join(f"<table:table-row>{CELL % text}</table:table-row>" for text in ("name", "Book"))
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
ODS = f"""<office:document-content xmlns:office="{OASIS}:office:1.0"
    xmlns:table="{OASIS}:table:1.0" xmlns:text="{OASIS}:text:1.0">
    <office:body><office:spreadsheet><table:table table:name=%s>{ROWS}</table:table>
    </office:spreadsheet></office:body></office:document-content>"""
MANIFEST = f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>'


@pytest.fixture
def send_back(tmp_path):
    def send_back(content, errors, name="list.csv", **options):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return b"".join(left_out(path, reader_options(**options), errors))

    return send_back


def test_own_columns_separator_and_encoding(send_back):
    content = "Name;Preis;Notiz\r\nBüro;4,50;\r\nGut;1;\r\nTür;;alt\r\n".encode("cp1252")

    assert send_back(content, [(2, "Zu groß"), (4, "Falsch")]) == (
        "Name;Preis;Notiz;error\r\nBüro;4,50;;Zu groß\r\nTür;;alt;Falsch\r\n".encode("cp1252")
    )


def test_mark_and_sep_line_stay(send_back):
    content = "sep=;\r\nname;notes\r\nA;b\r\n".encode("utf-16")

    found = send_back(content, [(3, "bad")]).decode("utf-16")

    assert found == "sep=;\r\nname;notes;error\r\nA;b;bad\r\n"


def test_utf_8_where_the_encoding_cannot_hold_the_error(send_back):
    found = send_back("name,notes\nBüro,à\n".encode("cp1252"), [(2, "錠")])

    assert found.decode("utf-8") == "\ufeffname,notes,error\r\nBüro,à,錠\r\n"


def test_damaged_rows_come_back_as_they_were(send_back):
    content = b'name,notes\nTh\xc3\xa9,x\nTass\xe9,x\n"Reins,black\nA\nB,c,extra\n'
    errors = [(3, "not UTF-8"), (4, "a quote"), (5, "1 cell"), (6, "3 cells")]

    assert send_back(content, errors) == (
        b"name,notes,,error\r\nTass\xe9,x,,not UTF-8\r\n"
        b'"""Reins",black,,a quote\r\nA,,,1 cell\r\nB,c,extra,3 cells\r\n'
    )


def test_old_errors_are_replaced(send_back):
    content = "name,error,notes\nA,old,x\nB,old,y\n"

    assert send_back(content, [(3, "new")]) == b"name,notes,error\r\nB,y,new\r\n"


def test_without_header_one_is_written(send_back, tmp_path):
    found = send_back("Drill,red,1\nSaw,blue,2\n", [(2, "bad")])
    path = tmp_path / "again.csv"
    path.write_bytes(found)

    again = read_file(path)

    assert found == b"name,description,C,error\r\nSaw,blue,2,bad\r\n"
    assert again.texts("name", "description", "extra") == [("Saw", "blue", "C: 2")]


def test_no_error_runs_as_a_formula(send_back):
    found = send_back("name\nA\n", [(2, "=1+1 is no id.\nLeave it")], separator="")

    assert found == b"name,error\r\nA,'=1+1 is no id. Leave it\r\n"


def test_workbook(send_back, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as workbook:
        sheet = workbook.add_worksheet("Tools")
        for line, row in enumerate([["Name", "Qty"], ["=1+1", 7], ["007", 8], ["", 9]]):
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(line, column, cell)
    found = send_back(None, [(2, "bad"), (4, "worse")], "list.xlsx")
    (tmp_path / "again.xlsx").write_bytes(found)

    again = read_file(tmp_path / "again.xlsx")

    assert again.read["sheet"] == "Tools"
    assert again.read["heads"] == ["Name", "Qty", "error"]
    assert again.texts("name", "extra") == [("=1+1", "Qty: 7"), ("", "Qty: 9")]


def test_json(send_back):
    found = send_back('[{"name": "A"}, {"name": 5, "x": [1]}, 7]', [(2, "bad"), (3, "worse")])

    assert json.loads(found) == [
        {"name": 5, "x": [1], "error": "bad"},
        {"line": 7, "error": "worse"},
    ]


def test_ndjson(send_back):
    found = send_back('{"name": "A"}\n{"name"\n{"name": 5}\n', [(2, "bad"), (3, "worse")])

    assert [json.loads(line) for line in found.splitlines()] == [
        {"line": '{"name"', "error": "bad"},
        {"name": 5, "error": "worse"},
    ]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("a/b[c]:d", "a_b_c__d"), ("😀" * 20, "😀" * 15), ("'it's'", "it's"), ("'", "Sheet1")],
    ids=["forbidden", "too long", "quoted", "nothing left"],
)
def test_a_sheet_of_opendocument_gets_a_name_that_excel_allows(send_back, tmp_path, name, sheet):
    with ZipFile(tmp_path / "list.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", MANIFEST)
        packed.writestr("content.xml", ODS % quoteattr(name))

    found = send_back(None, [(2, "bad")], name="list.ods")

    back = CalamineWorkbook.from_filelike(BytesIO(found))
    assert back.sheet_names == [sheet]
    assert back.get_sheet_by_index(0).to_python() == [["name", "error"], ["Book", "bad"]]


@pytest.mark.parametrize(
    "chosen", [{"encoding": "cp850"}, {"encoding": "cp850", "separator": "|"}, {"separator": "|"}]
)
def test_what_a_person_had_to_choose_is_found_out_when_it_is_sent_again(
    send_back, tmp_path, chosen
):
    separator = chosen.get("separator", ",")
    content = separator.join(["name", "notes\nBüro", "groß\n"])
    found = send_back(content.encode(chosen.get("encoding", "utf-8")), [(2, "bad")], **chosen)
    (tmp_path / "again.csv").write_bytes(found)

    again = read_file(tmp_path / "again.csv")

    assert again.texts("name", "description") == [("Büro", "groß")]
