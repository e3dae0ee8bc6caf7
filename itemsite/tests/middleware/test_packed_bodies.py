"""Bodies that a client compressed: the limits hold for what they contain."""

import gzip

import pytest
from pytest_django.asserts import assertContains

from items.models import Item
from items.tests.api.calls import problem

pytestmark = pytest.mark.django_db
JSON = "application/json"
GZIP = {"Content-Encoding": "gzip"}
BOMB = gzip.compress(b'{"name": "x", "description": "' + b"d" * 2_700_000 + b'"}')


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_body_can_be_compressed(client, encoding):
    body = gzip.compress(b'{"name": "Book"}')

    response = client.post("/items/", body, JSON, headers={"Content-Encoding": encoding})

    assert (response.status_code, response.json()["name"]) == (201, "Book")


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_a_body_can_be_called_uncompressed(client, encoding):
    response = client.post("/items/", {"name": "x"}, JSON, headers={"Content-Encoding": encoding})

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(BOMB, 413, id="too large when unpacked"),
        pytest.param(b'{"name": "x"}', 400, id="not compressed"),
        pytest.param(gzip.compress(b'{"name": "x"}')[:-1], 400, id="cut"),
        pytest.param(gzip.compress(b"{}") + gzip.compress(b'{"name": "x"}'), 400, id="two streams"),
        pytest.param(gzip.compress(b"") * 50_000, 400, id="many streams"),
    ],
)
def test_refuses_compressed_bodies(client, body, status):
    problem(client.post("/items/", body, JSON, headers=GZIP), status)

    assert not Item.objects.exists()


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br"])
@pytest.mark.parametrize("path", ["/items/", "/items/new/"])
def test_refuses_other_encodings_and_says_which_it_reads(client, encoding, path):
    headers = {"Content-Encoding": encoding, "Accept": "application/json"}

    response = client.post(path, b"x", JSON, headers=headers)

    problem(response, 415)
    assert response["Accept-Encoding"] == "gzip"


def test_refuses_other_encodings_of_a_form_too(client):
    headers = {"Content-Encoding": "br", "Accept": "text/html"}

    response = client.post("/items/new/", {"name": "x"}, headers=headers)

    assertContains(response, "compressed with gzip", status_code=415)
