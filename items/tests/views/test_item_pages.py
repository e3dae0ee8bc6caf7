import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from items.models import Item
from items.tests.bad_input import BAD_FIELDS

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
NO_IDS = [
    "0",
    "-1",
    "007",
    "1_0",
    "null",
    "\u0663",
    "\uff11",
    "9223372036854775808",
    "9" * 400,
    "1%0A",
]


@pytest.fixture
def item(db):
    return Item.objects.create(name="Book", description="one\ntwo")


def test_shows_an_item(client, item):
    response = client.get(f"/items/{item.id}/", headers=HTML)

    assertContains(response, "<h1>Book</h1>", html=True)
    assertContains(response, "one\ntwo")


def test_edits_an_item(client, item):
    fields = {"version": "1", "name": "Tome", "description": "one\r\ntwo"}

    response = client.post(f"/items/{item.id}/edit/", fields)

    assertRedirects(response, f"/items/{item.id}/", fetch_redirect_response=False)
    item.refresh_from_db()
    assert (item.name, item.description, item.version) == ("Tome", "one\ntwo", 2)


def test_the_edit_form_holds_what_is_there(client, item):
    response = client.get(f"/items/{item.id}/edit/?name=changed")

    assertContains(response, 'value="Book"')
    assertContains(response, '<input type="hidden" name="version" value="1">', html=True)
    item.refresh_from_db()
    assert item.version == 1


@pytest.mark.parametrize(("fields", "field", "code"), BAD_FIELDS)
def test_edit_refuses(client, item, fields, field, code):
    response = client.post(f"/items/{item.id}/edit/", fields | {"version": "1"})

    assertContains(response, f'id="id_{field}_error"', status_code=422)
    item.refresh_from_db()
    assert (item.name, item.version) == ("Book", 1)


def test_asks_before_it_deletes(client, item):
    response = client.get(f"/items/{item.id}/delete/")

    assertContains(response, "<strong>Book</strong> will be deleted")
    assert Item.objects.exists()


def test_deletes(client, item):
    response = client.post(f"/items/{item.id}/delete/", {"version": "1"})

    assertRedirects(response, "/items/", fetch_redirect_response=False)
    assert not Item.objects.exists()


@pytest.mark.parametrize("pk", NO_IDS)
@pytest.mark.parametrize("act", ["", "edit/", "delete/"])
def test_what_is_no_id_is_not_found(client, pk, act):
    response = client.post(f"/items/{pk}/{act}", {"name": "x"}, headers=HTML)

    assert response.status_code == 404


@pytest.mark.parametrize("act", ["", "edit/", "delete/"])
def test_an_item_that_is_gone_is_not_found(client, act):
    response = client.get(f"/items/9223372036854775807/{act}", headers=HTML)

    assertContains(response, "Not found", status_code=404)


def test_editing_what_is_gone_keeps_the_text_and_brings_nothing_back(client, item):
    Item.objects.all().delete()

    response = client.post(f"/items/{item.id}/edit/", {"name": "back", "version": "1"})

    assertContains(response, 'value="back"', status_code=410)
    assertContains(response, 'action="/items/new/"', status_code=410)
    assert not Item.objects.exists()


@pytest.mark.parametrize("path", ["/", "/items/", "/items/new/", "/items/{id}/edit/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", [HTML, {}], ids=["browser", "script"])
def test_other_methods_are_refused_before_anything_else(item, path, method, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)

    response = client.generic(method, path.format(id=item.id), "x", "text/plain")

    assert response.status_code == 405
    assert "GET" in response["Allow"]
