"""The list as a file: /items.csv, /items.ndjson, /items.xlsx."""

import json
import re
from datetime import date

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings, strategies
from pytest_django.asserts import assertContains, assertNotContains

from items.http.negotiation import CSV, NDJSON, XLSX
from items.models import Item
from items.search import whole
from items.search.sorting import ORDERS
from items.spreadsheets import workbook
from items.tests.spreadsheets.sheets import (
    MAIN,
    body,
    csv_rows,
    workbook_cells,
    workbook_texts,
)

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADDRESSES = {"/items.csv": CSV, "/items.ndjson": NDJSON, "/items.xlsx": XLSX}
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


def ids_of(data, kind):
    if kind == CSV:
        return [int(row[0]) for row in csv_rows(data)[1:]]
    if kind == NDJSON:
        return [json.loads(line)["id"] for line in data.splitlines()]
    cells = workbook_texts(data)
    return [int(text) for place, text in cells.items() if place[0] == "A" and place != "A1"]


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


@pytest.mark.parametrize("query", ["sort={}", "q=box&sort={}", "q=steel+box&sort={}"])
@pytest.mark.parametrize("sort", ORDERS)
def test_a_file_has_the_pages_of_the_list_joined(client, monkeypatch, query, sort):
    monkeypatch.setattr(whole, "ITEMS", 3)
    names = ["Box", "box 10", "Box 2", "Steel box", "steel", "a BOX of steel", "Lamp", "jukebox"]
    for number in range(3):
        for name in names:
            Item.objects.create(name=name, description="in a box" * (number == 1))
    Item.objects.filter(name="box 10").update(description="changed box")
    address = f"/items/?limit=2&{query.format(sort)}"
    pages = []
    while address:
        response = client.get(address)
        pages += [item["id"] for item in response.json()]
        found = re.search('<([^>]+)>; rel="next"', response.get("Link", ""))
        address = found and found[1]

    for path, kind in ADDRESSES.items():
        if kind != XLSX:
            data = body(client.get(f"{path}?{query.format(sort)}"))
            assert ids_of(data, kind) == pages


@pytest.mark.parametrize(("path", "kind"), ADDRESSES.items())
def test_an_empty_list_is_a_file_too(client, path, kind):
    Item.objects.create(name="Book")

    for query in ("q=nothing", "q=%CC%81"):
        assert ids_of(body(client.get(f"{path}?{query}")), kind) == []


@pytest.mark.parametrize(("path", "kind"), ADDRESSES.items())
def test_the_type_is_chosen_by_accept_or_by_the_address(client, path, kind):
    item = Item.objects.create(name="Book")

    asked = client.get("/items/?sort=name", headers={"Accept": f"{kind}, */*;q=0.1"})
    named = [client.get(path, headers={"Accept": accept}) for accept in (kind, "image/png", "*/*")]
    people = client.get(path, headers=HTML)

    for response in (asked, *named, people):
        assert response["Content-Type"].partition(";")[0] == kind
        assert ids_of(body(response), kind) == [item.pk]
        assert {"Accept", "Authorization", "X-API-Key"} <= set(response["Vary"].split(", "))


def test_accept_still_means_json_and_pages_where_there_is_no_file(client):
    item = Item.objects.create(name="Book")

    both = {"Accept": "text/csv, application/json;q=0.5"}

    assert client.get(f"/items/{item.pk}/", headers=both).json()["id"] == item.pk
    assert client.get(f"/items/{item.pk}/", headers={"Accept": "text/csv"}).status_code == 406
    assert client.post("/items/", headers={"Accept": "text/csv"}).status_code == 405


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_the_answer_is_a_file_that_nobody_keeps_or_packs(client, path, accept):
    headers = {"Accept": accept, "Accept-Encoding": "gzip", "If-None-Match": "*"}

    response = client.get(path, headers=headers)

    extension = path.partition(".")[2]
    name = response["Content-Disposition"].partition("filename=")[2]
    assert re.fullmatch(rf'"items-\d{{4}}-\d\d-\d\d\.{extension}"', name)
    assert date.fromisoformat(name[7:17])
    assert response["Cache-Control"] == "no-store"
    assert response["X-Accel-Buffering"] == "no"
    assert response.status_code == 200
    assert response.streaming
    assert "Content-Encoding" not in response
    assert "ETag" not in response


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("headers", [{}, HTML], ids=["script", "page"])
def test_head_does_no_work(client, django_assert_num_queries, path, headers):
    with django_assert_num_queries(0):
        response = client.head(path, headers=headers)

    got = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == got["Content-Type"]
    assert response["Content-Disposition"] == got["Content-Disposition"]


@pytest.mark.parametrize("path", [*ADDRESSES, "/items/"])
@pytest.mark.parametrize(
    "query", ["sort=size", "q=a&q=b", "colour=red", f"q={'x' * 201}", "q_base64=!", "q=%00"]
)
def test_scripts_get_the_errors_of_the_list(client, path, query):
    kind = ADDRESSES.get(path, CSV)

    response = client.get(f"{path}?{query}", headers={"Accept": kind})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    if "colour" not in query:  # whose answer lists the parameters
        assert response.json()["detail"] == client.get(f"/items/?{query}").json()["detail"]


@pytest.mark.parametrize("query", ["limit=10", "after=x", "before=x"])
def test_a_file_is_the_whole_list(client, query):
    refused = client.get(f"/items.csv?{query}")

    assert refused.status_code == 400
    assert "Use: sort, q, q_base64, bom." in refused.json()["detail"]


def test_a_database_that_does_not_answer_is_no_file(client, monkeypatch):
    def refuse(*arguments):
        raise OperationalError

    monkeypatch.setattr("items.views.exports.fetch", refuse)
    client.raise_request_exception = False

    assert client.get("/items.csv").status_code == 503


# The links


def test_the_list_leads_there(client):
    Item.objects.create(name="Book")

    page = client.get("/items/", headers=HTML)

    for path in ADDRESSES:
        assertContains(page, f'href="{path}"')


def test_a_search_leads_to_what_it_found(client):
    Item.objects.create(name="Book & pen")

    page = client.get("/items/?q=book+%26+pen&sort=name&size=100", headers=HTML)

    assertContains(page, 'href="/items.xlsx?q=book+%26+pen&amp;sort=name"')
    assertContains(page, 'href="/items.csv?q=book+%26+pen&amp;sort=name"')


@pytest.mark.parametrize("query", ["", "?q=zebra", "?q=bok"])
def test_nothing_leads_to_no_file(client, query):
    if query:
        Item.objects.create(name="Book")

    assertNotContains(client.get(f"/items/{query}", headers=HTML), "/items.csv")
