"""The addresses of lists as files: which items, types, refusals, and links to them."""

import re
from datetime import date

import pytest
from django.db import OperationalError
from pytest_django.asserts import assertContains, assertNotContains

from items.http.negotiation import CSV, XLSX
from items.models import Item
from items.search import whole
from items.search.sorting import ORDERS
from items.tests.spreadsheets.exports.sheets import ADDRESSES, HTML, body, ids_of

pytestmark = pytest.mark.django_db


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
