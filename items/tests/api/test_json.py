from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis.strategies import fixed_dictionaries, text

from items.api.parsing import clean_items
from items.forms import ItemForm
from items.http.problems import Problem
from items.models import Item
from items.tests.api.calls import problem, send
from items.tests.bad_input import GOOD_NAMES

pytestmark = pytest.mark.django_db


def test_the_tutorials_calls_work(client):
    made = send(client, "POST", "/items/", {"name": "Book", "description": "A cool book"})
    listed = client.get("/items/")

    item = Item.objects.get()
    assert made.status_code == 201
    assert made["Location"] == f"/items/{item.id}/"
    assert listed.json() == [made.json()]
    keys = list(made.json())
    assert keys[:3] == ["id", "name", "description"]
    assert keys[-2:] == ["created_at", "updated_at"]
    assert made.json()["id"] == item.id
    assert made.json()["description"] == "A cool book"
    assert datetime.fromisoformat(made.json()["created_at"]) == item.created_at
    assert item.created_at.tzinfo == UTC


# One item


def test_reads_one(client, item):
    response = client.get(f"/items/{item.id}/")

    assert response.json()["name"] == "Book"


def test_put_replaces_all(client, item):
    response = send(client, "PUT", f"/items/{item.id}/", {"name": "Tome"})

    item.refresh_from_db()
    assert response.status_code == 200
    assert (item.name, item.description) == ("Tome", "")
    assert (response.json()["name"], response.json()["description"]) == ("Tome", "")


def test_put_needs_a_name(client, item):
    body = problem(send(client, "PUT", f"/items/{item.id}/", {"description": "x"}), 422)

    assert body["errors"][0]["pointer"] == "/name"


def test_patch_changes_what_it_names(client, item):
    response = send(client, "PATCH", f"/items/{item.id}/", {"name": "Tome"})

    item.refresh_from_db()
    assert (item.name, item.description, item.version) == ("Tome", "A cool book", 2)
    assert response.json()["updated_at"] > response.json()["created_at"]


def test_an_empty_patch_changes_nothing(client, item):
    assert send(client, "PATCH", f"/items/{item.id}/", {}).status_code == 200

    item.refresh_from_db()
    assert item.version == 1


def test_deletes_once(client, item):
    first = client.delete(f"/items/{item.id}/")
    second = client.delete(f"/items/{item.id}/")

    assert (first.status_code, first.content) == (204, b"")
    problem(second, 410)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("pk", ["9223372036854775807", "9223372036854775808", "0", "x", "1_0"])
def test_what_is_not_there_is_not_found(client, method, pk):
    problem(send(client, method, f"/items/{pk}/", {"name": "x"}), 404)
    assert not Item.objects.exists()


def test_a_patch_can_be_a_merge_patch(client, item):
    path, merge = f"/items/{item.id}/", "application/merge-patch+json"

    changed = send(client, "PATCH", path, {"description": None}, merge)
    replaced = send(client, "PUT", path, {"name": "Tome"}, merge)
    odd = send(client, "PATCH", path, "[]", "application/json-patch+json")

    assert (changed.status_code, changed.json()["description"]) == (200, "")
    assert problem(replaced, 415)
    assert replaced["Accept"] == "application/json"
    assert problem(odd, 415)
    assert (
        odd["Accept-Patch"] == client.options(path)["Accept-Patch"] == f"application/json, {merge}"
    )
    assert "Accept-Patch" not in client.options("/items/")


def test_options_tells_the_methods(client):
    response = client.options("/items/")

    assert (response.status_code, response["Allow"]) == (204, "GET, POST, HEAD, OPTIONS")


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_takes(client, name):
    made = send(client, "POST", "/items/", {"name": name, "description": None})

    assert made.json()["name"] == Item.objects.get().name == name
    assert made.json()["description"] == ""


def test_keeps_a_description_as_it_is(client):
    text = "  line1\nline2\n\ttabbed\n"

    made = send(client, "POST", "/items/", {"name": "x", "description": text})

    assert made.json()["description"] == Item.objects.get().description == text


@given(fixed_dictionaries({"name": text(max_size=205)}, optional={"description": text()}))
@example({"name": " x ", "description": "d" * 10_000})
@example({"name": "\ud800", "description": "a\0b"})
def test_takes_what_the_form_takes(fields):
    form = ItemForm(fields)

    if form.is_valid():
        [item] = clean_items(fields)
        assert (item.name, item.description) == (form.instance.name, form.instance.description)
    else:
        with pytest.raises(Problem) as caught:
            clean_items(fields)
        assert {error["pointer"][1:] for error in caught.value.errors} == set(form.errors)
