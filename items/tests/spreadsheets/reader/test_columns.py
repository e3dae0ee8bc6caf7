"""Which line names the columns, and what becomes of each column."""

import pytest

from items.spreadsheets.reading import Refused
from items.tests.spreadsheets.reader.reading import read_text


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("Name;Description", {"name": "Name", "description": "Description"}),
        ("Bezeichnung;Bemerkungen", {"name": "Bezeichnung", "description": "Bemerkungen"}),
        ("DÉSIGNATION;Remarques", {"name": "DÉSIGNATION", "description": "Remarques"}),
        ("nombre;Observaciones", {"name": "nombre", "description": "Observaciones"}),
        ("Notes;Product-Name:", {"name": "Product-Name:", "description": "Notes"}),
        ("Artikel;Bezeichnung", {"name": "Bezeichnung"}),
        ("ID;Name", {"id": "ID", "name": "Name"}),
        ("Nr.;Name", {"name": "Name"}),
        ("Asset ID;Name", {"name": "Name"}),
        ("id;description", {"id": "id", "description": "description"}),
    ],
)
def test_words(tmp_path, head, columns):
    found = read_text(tmp_path, f"{head}\nx;y\n")

    assert found.read["columns"] == columns
    assert found.read["header_line"] == 1


def test_titles_stand_above(tmp_path):
    found = read_text(tmp_path, "Tools 2026;;\n\nfor all;;\nName;Notes;Qty\nSaw;;1\n")

    assert found.read["header_line"] == 4
    assert [row["line"] for row in found.rows] == [5]
    assert [says for says in found.says if "Tools 2026" in says]
    assert [says for says in found.says if "for all" in says]


def test_a_row_that_says_item_is_a_row(tmp_path):
    found = read_text(tmp_path, "Drill,cordless\nItem,nice\nSaw,old\n")

    assert found.read["header_line"] is None
    assert "no_header" in found.codes
    assert found.texts("name") == [("Drill",), ("Item",), ("Saw",)]


def test_without_header_columns_have_letters(tmp_path):
    found = read_text(tmp_path, "Drill,cordless,blue,\nSaw,old,,\n")

    assert found.read["columns"] == {"name": "A", "description": "B"}
    assert found.read["other_columns"] == ["C"]
    assert found.texts("extra", "problem") == [("C: blue", []), (None, [])]


@pytest.mark.parametrize("header", [1, 2])
def test_chosen_header(tmp_path, header):
    found = read_text(tmp_path, "Kram,Zeug\nTeil,Text\nAlpha,one\n", header=header)

    assert found.read["header_line"] == header
    assert len(found.rows) == 3 - header
    assert set(found.read["columns"]) == {"name", "description"}


def test_chosen_header_with_ids(tmp_path):
    found = read_text(tmp_path, "id,Kram,error\n7,Alpha,bad\n", header=1)

    assert found.read["columns"] == {"id": "id", "name": "Kram"}


def test_header_absent(tmp_path):
    found = read_text(tmp_path, "name,notes\nAlpha,one\n", header="absent")

    assert found.texts("name") == [("name",), ("Alpha",)]


def test_chosen_columns(tmp_path):
    text = "name,notes,place\nA,b,c\n"

    found = read_text(tmp_path, text, columns={"name": 2, "description": None})

    assert found.texts("name", "description", "extra") == [("c", None, "name: A\nnotes: b")]


def test_other_columns_left_out_or_refused(tmp_path):
    text = "name,place\nA,\n"

    found = read_text(tmp_path, text, other_columns="leave")
    with pytest.raises(Refused, match="place"):
        read_text(tmp_path, text, other_columns="refuse")

    assert "columns_left_out" in found.codes
    assert found.texts("name", "extra") == [("A", None)]


def test_known_columns_are_ignored(tmp_path):
    text = "id,name,created_at,Updated At,error\n1,A,2026,2026,bad\n"

    found = read_text(tmp_path, text, other_columns="refuse")

    assert found.texts("id", "name", "extra") == [("1", "A", None)]


def test_ids_left(tmp_path):
    found = read_text(tmp_path, "id,name\n1,A\n", ids="leave", other_columns="refuse")

    assert found.texts("id", "name") == [(None, "A")]


def test_other_column_of_several_lines(tmp_path):
    found = read_text(tmp_path, 'name,Place\nA," x\r\ny "\n')

    assert found.rows[0]["extra"] == "Place: x\ny"


def test_unnamed_column_is_kept_by_its_letter(tmp_path):
    found = read_text(tmp_path, "name,,notes\n" + "A,,b\n" * 300 + "B,extra,c\n")

    assert found.read["other_columns"] == []
    assert found.rows[-1]["extra"] == "B: extra"


def test_field_without_column_is_null_and_empty_cell_is_not(tmp_path):
    assert read_text(tmp_path, "name\nA\n").texts("id", "description") == [(None, None)]
    assert read_text(tmp_path, "id,name,notes\n,A,\n").texts("id", "description") == [("", "")]


@pytest.mark.parametrize(
    ("last", "is_sum"),
    [
        ("Total;12,50;3", True),
        ("Summe:;;5", True),
        ("Total;many;5", False),
        ("Total;;", False),
        ("Totally;1;2", False),
    ],
)
def test_sum_line(tmp_path, last, is_sum):
    found = read_text(tmp_path, f"name;price;qty\nA;1;2\n{last}\n")

    assert ("sum_line" in found.codes) == is_sum
