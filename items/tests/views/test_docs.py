"""/docs/ and /openapi.json; itemsite/tests try whether what they say is true."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from items.api import changes
from items.api.curl import BEARER
from items.api.openapi import schemas
from items.forms import ItemForm
from items.models import ChangeSet, Item, rules
from items.search import selection
from items.tests.bad_input import BAD_FIELDS, GOOD_NAMES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_page_speaks_of_this_host(client, accept):
    response = client.get("/docs/", headers={"Accept": accept, "Host": "localhost:8001"})

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assertContains(response, "<code>curl http://localhost:8001/items/</code>", html=True)


def test_the_page_speaks_of_https(client):
    assertContains(client.get("/docs/", secure=True), "curl https://testserver/items/")


def test_the_examples_use_what_exists(client):
    item = Item.objects.create(name="Book")
    Item.objects.filter(pk=item.pk).update(name="Tome")

    page = client.get("/docs/")

    change_set = ChangeSet.objects.latest("id").pk
    assertContains(page, f"the newest item, number {item.pk},")
    assertContains(page, f"curl http://testserver/items/{item.pk}/<")
    assertContains(page, "If-Match: &quot;2&quot;")
    assertContains(page, f"curl http://testserver/changes/{change_set}/<")
    assertContains(page, f"{{&quot;items&quot;: [{item.pk}]}}")


def test_an_empty_list_has_no_number_to_use(client):
    assertContains(client.get("/docs/"), "The list is empty. Add an item first")


def test_who_may_not_read_learns_no_number(client, settings):
    settings.VISITORS_MAY = []
    item = Item.objects.create(name="Book")

    page = client.get("/docs/")

    assertNotContains(page, f"/items/{item.pk}/")
    assertContains(page, "Instead of 1, write the number of your item.")


def calls_of(page):
    """Return method, whether it writes, and curl line of each call."""
    calls = re.findall(r'<div class="call" (.*?)>\s*(.*?)</div>', page.text, re.DOTALL)
    return [
        (re.search('data-method="(.*?)"', attributes)[1], "changes data" in said, said)
        for attributes, said in calls
    ]


def test_what_changes_data_says_so(client):
    marked = {(method, writes) for method, writes, line in calls_of(client.get("/docs/"))}

    assert marked == {
        ("GET", False),
        ("HEAD", False),
        ("POST", False),  # as a dry run
        *((method, True) for method in ("POST", "PUT", "PATCH", "DELETE")),
    }


def test_keys_come_first_where_visitors_may_not_write(client, settings):
    def headings(page):
        return re.findall("<h2>(.*?)</h2>", page.text)

    open_page = client.get("/docs/")
    settings.VISITORS_MAY = ["view"]
    closed_page = client.get("/docs/")

    bearer = BEARER.replace('"', "&quot;")
    assert headings(open_page)[-1] == headings(closed_page)[0] == "API keys"
    assert all(bearer in line for _, writes, line in calls_of(closed_page) if writes)
    assert sum(bearer in line for _, _, line in calls_of(open_page)) == 2  # about people, and keys


def test_every_page_leads_there(client):
    assertContains(client.get("/docs/"), '<a href="/docs/">API</a>', html=True)


def test_the_document_is_of_this_host(client):
    response = client.get("/openapi.json", headers={"Host": "localhost:8001"})

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "max-age=300"
    assert response.json()["openapi"] == "3.1.0"
    assert response.json()["servers"] == [{"url": "http://localhost:8001"}]


def test_both_name_the_site_as_its_administrator_does(client, settings):
    settings.SITE_URL = "https://items.example.org"

    page, document = client.get("/docs/"), client.get("/openapi.json").json()

    assertContains(page, "curl https://items.example.org/items/1/")
    assert "testserver" not in page.text
    assert document["servers"] == [{"url": "https://items.example.org"}]


@pytest.mark.parametrize("path", ["/docs/", "/openapi.json"])
def test_both_need_no_right(client, settings, path):
    settings.VISITORS_MAY = []

    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200


def test_the_document_is_the_same_for_all(client):
    for_strangers = client.get("/openapi.json").content
    client.force_login(User.objects.create_superuser("root"))

    assert client.get("/openapi.json").content == for_strangers


@pytest.mark.parametrize("path", ["/docs/", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_both_are_only_read(method, path):
    response = Client(enforce_csrf_checks=True).generic(method, path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response["Content-Type"] == "application/problem+json"


def test_what_visitors_may_not_needs_a_key(client, settings):
    settings.VISITORS_MAY = ["view"]

    paths = client.get("/openapi.json").json()["paths"]

    assert paths["/items/"]["get"]["security"] == [{}, {"key": []}, {"header": []}]
    assert paths["/items/"]["post"]["security"] == [{"key": []}, {"header": []}]
    assert paths["/items/{id}/"]["delete"]["security"] == [{"key": []}, {"header": []}]


@pytest.mark.parametrize(
    ("visitors_may", "is_open"),
    [([], False), (["view"], False), (["add"], False), (["view", "add"], True)],
)
def test_an_undo_is_open_to_visitors_who_can_do_more_than_view(
    client, settings, visitors_may, is_open
):
    settings.VISITORS_MAY = visitors_may

    undo = client.get("/openapi.json").json()["paths"]["/changes/{id}/undo/"]["post"]

    assert ({} in undo["security"]) == is_open


@pytest.mark.parametrize(
    ("path", "names"), [("/items/", selection.PARAMETERS), ("/changes/", changes.PARAMETERS)]
)
def test_every_parameter_is_named(client, path, names):
    parameters = client.get("/openapi.json").json()["paths"][path]["get"]["parameters"]

    named = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert named == set(names)


def fits(schema, name):
    return all(re.search(part["pattern"], name) for part in (schema, *schema["allOf"]))


def around(characters):
    """Return the ends of each range in a character class, and their neighbours."""
    ends = {int(code, 16) for code in re.findall(r"\\u([0-9a-f]{4})", characters)}
    return sorted({chr(end + step) for end in ends for step in (-1, 0, 1) if end + step >= 0})


@pytest.mark.parametrize(
    "characters",
    [rules.SPACE, rules.INVISIBLE, rules.CONTROL],
    ids=["space", "invisible", "control"],
)
@pytest.mark.parametrize("pattern", ["{}", "{}x", "x{}", "x{}y", " {}", "\u200b{}\u200b"])
def test_the_document_and_the_form_agree_on_names(characters, pattern):
    for character in around(characters):
        name = pattern.format(character)
        form = ItemForm({"name": name})

        assert fits(schemas.WRITTEN["name"], name) == form.is_valid(), ascii(name)
        assert fits(schemas.READ["name"], form.instance.name) == form.is_valid(), ascii(name)


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_the_document_allows(name):
    assert fits(schemas.WRITTEN["name"], f" {name}\n")
    assert fits(schemas.READ["name"], name)


@pytest.mark.parametrize(
    ("fields", "field", "code"), [case for case in BAD_FIELDS if case.values[1] == "name"]
)
def test_the_document_forbids(fields, field, code):
    assert not fits(schemas.WRITTEN["name"], fields["name"])
