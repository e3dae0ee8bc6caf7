"""What the texts of the list become in /items.csv, /items.ndjson and /items.xlsx."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from pytest_django.asserts import assertContains

from items.http.negotiation import XLSX
from items.models import Item
from items.spreadsheets import workbook
from items.tests.spreadsheets.exports.sheets import (
    HTML,
    MAIN,
    body,
    csv_rows,
    ids_of,
    workbook_cells,
    workbook_texts,
)

pytestmark = pytest.mark.django_db
NASTY = [
    "=1+1",
    "'=1+1",
    "''@SUM(1)",
    "'tis",
    "+49 30",
    "-4",
    "＝1",
    "007",
    "1/2",
    "1E5",
    'a "b", c; d',
    "x;=1+1;",
    "_x0041_",
    "<b>&amp;",
    "http://example.org",
    "😀 שלום",
    "a\ufffeb",
]


@pytest.fixture
def items():
    return [Item.objects.create(name=name, description=f"{name}\nend ") for name in NASTY]


def test_csv_is_for_scripts_and_quotes_all_but_ids(client):
    book = Item.objects.create(name='A "book"', description="one\ntwo")
    pen = Item.objects.create(name="=1+1")

    response = client.get("/items.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert body(response).decode() == (
        '"id","name","description"\r\n'
        f'{pen.pk},"\'=1+1",""\r\n'
        f'{book.pk},"A ""book""","one\ntwo"\r\n'
    )


def test_csv_has_a_mark_if_asked(client):
    plain = body(client.get("/items.csv"))

    assert body(client.get("/items.csv?bom=1")) == b"\xef\xbb\xbf" + plain
    assert body(client.get("/items.csv?bom=0")) == plain
    assert client.get("/items.csv?bom=yes").status_code == 400


def test_csv_has_every_text(client, items):
    rows = csv_rows(body(client.get("/items.csv?sort=oldest")))

    assert rows[1:] == [[str(item.pk), item.name, item.description] for item in items]


def test_csv_runs_no_formula(client):
    for sign in "=+-@＝＋－＠":
        Item.objects.create(name=f"{sign}1", description=f"\t{sign}1")

    lines = body(client.get("/items.csv")).decode().split("\r\n")[1:-1]

    assert all(re.fullmatch("""[0-9]+,"'.1","'\t.1\"""", line) for line in lines)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
@given(
    strategies.lists(
        strategies.text(
            strategies.sampled_from("'=+@-\t\n\"; ,x")
            | strategies.characters(exclude_categories=["Cs"], exclude_characters="\0\r"),
            max_size=12,
        ),
        max_size=5,
    )
)
def test_csv_and_ndjson_have_any_text(client, texts):
    Item.objects.all().delete()
    Item.objects.bulk_create(Item(name="x", description=text) for text in texts)

    rows = csv_rows(body(client.get("/items.csv?sort=oldest")))
    lines = body(client.get("/items.ndjson?sort=oldest")).decode().split("\n")

    assert [row[2] for row in rows[1:]] == texts
    assert [json.loads(line)["description"] for line in lines[:-1]] == texts


def test_ndjson_has_the_items_of_the_api(client, items):
    listed = client.get("/items/?limit=1000").json()

    response = client.get("/items.ndjson")

    assert response["Content-Type"] == "application/x-ndjson"
    lines = body(response).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == listed


def test_a_workbook_has_every_text_as_a_text(client, items):
    response = client.get("/items.xlsx?sort=oldest")

    data = body(response)
    cells, texts = workbook_cells(data), workbook_texts(data)
    assert [texts[f"{letter}1"] for letter in "ABC"] == ["id", "name", "description"]
    for row, item in enumerate(items, start=2):
        expected = item.name.replace("\ufffe", "\ufffd")  # which XML cannot hold
        assert texts[f"A{row}"] == str(item.pk)
        assert texts[f"B{row}"] == expected
        assert texts[f"C{row}"] == f"{expected}\nend "
        assert cells[f"B{row}"].get("t") == cells[f"C{row}"].get("t") == "inlineStr"
        assert cells[f"B{row}"].get("s") == cells[f"C{row}"].get("s") != "0"
    assert not [cell for cell in cells.values() if cell.find(f"{MAIN}f") is not None]
    assert response["Content-Length"] == str(len(data))


def test_a_list_that_no_sheet_can_hold_is_refused(client, items, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_MAX", len(items) - 1)

    refused = client.get("/items.xlsx")
    page = client.get("/items.xlsx", headers=HTML)
    found = client.get("/items.xlsx?q=tis")

    assert (refused.status_code, page.status_code) == (422, 422)
    assert f"up to {len(items) - 1} rows" in refused.json()["detail"]
    assertContains(page, "download CSV", status_code=422)
    assert ids_of(body(found), XLSX) == [items[NASTY.index("'tis")].pk]
