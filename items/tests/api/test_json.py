import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis.strategies import fixed_dictionaries, text

from items.api.parsing import clean_items
from items.forms import ItemForm
from items.http.problems import Problem
from items.models import Item
from items.tests.bad_input import BAD_FIELDS, GOOD_NAMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    return Item.objects.create(name="Book", description="A cool book")


def send(client, method, path, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic(method, path, data, content_type, headers=headers)


def problem(response, status):
    """Return the body, after checking what every problem holds."""
    body = response.json()
    assert response.status_code == body["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    assert body["title"]
    assert body["detail"]
    return body


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


# What is refused


@pytest.mark.parametrize(("fields", "field", "code"), BAD_FIELDS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_refuses_bad_fields(client, item, method, fields, field, code):
    path = "/items/" if method == "POST" else f"/items/{item.id}/"

    errors = problem(send(client, method, path, fields), 422)["errors"]

    assert [(error["pointer"], error["code"]) for error in errors] == [(f"/{field}", code)]
    assert list(Item.objects.values_list("name", "version")) == [("Book", 1)]


def json_field(body, pointer, code):
    return pytest.param(body, pointer, code, id=f"{pointer} {code} {body[:30]}")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        json_field('{"name": 123}', "/name", "type"),
        json_field('{"name": null}', "/name", "type"),
        json_field('{"name": ["x"]}', "/name", "type"),
        json_field('{"name": {"x": 1}}', "/name", "type"),
        json_field('{"name": true}', "/name", "type"),
        json_field("{}", "/name", "required"),
        json_field('{"name": "x", "zzz": 1}', "/zzz", "unknown"),
        json_field('{"name": "x", "id": 7}', "/id", "unknown"),
        json_field('{"name": "x", "a/b~c": 1}', "/a~1b~0c", "unknown"),
        json_field('{"name": "a\\udc00"}', "/name", "surrogate"),
        json_field('{"name": "x", "description": "\\ud800"}', "/description", "surrogate"),
    ],
)
def test_refuses_json_that_is_no_item(client, body, pointer, code):
    errors = problem(send(client, "POST", "/items/", body), 422)["errors"]

    assert (pointer, code) in [(error["pointer"], error["code"]) for error in errors]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b" ", id="nothing"),
        pytest.param(b"name=a", id="a form"),
        pytest.param(b'{"name":"a",}', id="trailing comma"),
        pytest.param(b'{"name":"a"/**/}', id="comment"),
        pytest.param(b'{"name":"trunc', id="cut"),
        pytest.param(b'{"name":"tab\tinside"}', id="raw control character"),
        pytest.param(b'{"name":"a","name":"b"}', id="key twice"),
        pytest.param(b'{"name":"a","description":NaN}', id="NaN"),
        pytest.param(b'{"name":"a","description":-Infinity}', id="Infinity"),
        pytest.param(b'{"name":' + b"9" * 5000 + b"}", id="5,000 digits"),
        pytest.param(b'{"name":"a","x":' + b'{"a":' * 100_000, id="deep"),
        pytest.param(b'{"name":"\xed\xa0\x80"}', id="surrogate as UTF-8"),
        pytest.param('{"name":"a"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
    ],
)
def test_refuses_what_is_not_json(client, body):
    problem(send(client, "POST", "/items/", body), 400)

    assert not Item.objects.exists()


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "true"])
def test_refuses_json_that_is_no_object(client, body):
    problem(send(client, "POST", "/items/", body), 422)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""],
)
def test_refuses_another_content_type(client, content_type):
    body = problem(send(client, "POST", "/items/", {"name": "x"}, content_type), 415)

    assert "Content-Type: application/json" in body["detail"]
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


def test_refuses_a_large_body(client):
    problem(send(client, "POST", "/items/", {"name": "x", "description": "d" * 2_700_000}), 413)


def test_names_each_wrong_field_at_once(client):
    body = problem(send(client, "POST", "/items/", [{"title": "Book", "description": 5}, 7]), 422)

    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        ("/0/title", "unknown"),
        ("/0/description", "type"),
        ("/0/name", "required"),
        ("/1", "type"),
    ]


def test_an_empty_body_is_named(client):
    response = client.generic("POST", "/items/", b"", CONTENT_TYPE="application/json")

    assert problem(response, 400)["detail"].startswith("The body is empty. Send a JSON object")


def test_tells_no_endless_list_of_errors(client):
    fields = {f"unknown {n}": 1 for n in range(1000)}

    body = problem(send(client, "POST", "/items/", fields), 422)

    assert len(body["errors"]) == 20


def test_repeats_no_long_key(client):
    body = problem(send(client, "POST", "/items/", {"k" * 500_000: 1}), 422)

    assert len(body["errors"][0]["pointer"]) < 100


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/items/", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/items/{id}/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ],
)
def test_refuses_other_methods(client, item, method, path, allowed):
    response = send(client, method, path.format(id=item.id), {"name": "x"})

    assert response["Allow"] == allowed
    problem(response, 405)


def test_options_tells_the_methods(client):
    response = client.options("/items/")

    assert (response.status_code, response["Allow"]) == (204, "GET, POST, HEAD, OPTIONS")


def test_a_page_of_another_site_may_not_write(client):
    response = send(client, "POST", "/items/", {"name": "x"}, **{"Sec-Fetch-Site": "cross-site"})

    problem(response, 403)


def test_a_missing_slash_is_not_followed_by_a_write(client):
    body = problem(send(client, "POST", "/items", {"name": "x"}), 404)

    assert "/items/" in body["detail"]
    assert client.get("/items").status_code == 301


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
