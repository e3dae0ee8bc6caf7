"""What the JSON endpoint refuses, and how it names it."""

import pytest

from items.models import Item
from items.tests.api.calls import problem, send
from items.tests.bad_input import BAD_FIELDS

pytestmark = pytest.mark.django_db


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


def test_a_page_of_another_site_may_not_write(client):
    response = send(client, "POST", "/items/", {"name": "x"}, **{"Sec-Fetch-Site": "cross-site"})

    problem(response, 403)


def test_a_missing_slash_is_not_followed_by_a_write(client):
    body = problem(send(client, "POST", "/items", {"name": "x"}), 404)

    assert "/items/" in body["detail"]
    assert client.get("/items").status_code == 301
