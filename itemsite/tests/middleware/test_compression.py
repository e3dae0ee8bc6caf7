"""Pages are compressed where no proxy does it."""

import gzip

import pytest

from items.models import Item

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}


@pytest.fixture(autouse=True)
def items():
    Item.objects.bulk_create(Item(name=f"Lamp {number}") for number in range(60))


def test_a_page_is_compressed_for_a_client_that_is_no_proxy(client):
    page = client.get("/items/", headers=BROWSER, REMOTE_ADDR="192.0.2.1")

    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert "Lamp 59" in gzip.decompress(page.content).decode()
    assert len(page.content) * 4 < len(gzip.decompress(page.content))


@pytest.mark.parametrize(
    ("address", "headers", "path"),
    [
        ("127.0.0.1", BROWSER, "/items/"),
        ("192.0.2.1", {"Accept": "text/html"}, "/items/"),
        ("192.0.2.1", BROWSER, "/items.csv"),
    ],
    ids=["by a proxy", "not wanted", "a file"],
)
def test_what_is_not_compressed(client, address, headers, path):
    answer = client.get(path, headers=headers, REMOTE_ADDR=address)

    assert "Content-Encoding" not in answer


def test_the_same_page_has_no_length_that_betrays_its_token(client):
    """Each page masks the token differently and has a random number of extra bytes (BREACH)."""
    pages = [client.get("/items/new/", headers=BROWSER, REMOTE_ADDR="192.0.2.1") for _ in range(8)]

    assert len({len(page.content) for page in pages}) > 1
