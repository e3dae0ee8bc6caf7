"""No text is lost: a form comes again with it, or the error page has it."""

import re

import pytest
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ApiKey, Item
from items.tests.forms import form_of
from items.views.imports.how_read import SHAPE
from items.views.imports.questions import ALLOWED
from itemsite.sent_form import sent_form
from itemsite.tests.faults.faults import HTML, READ_ONLY, RIGHT, beside

pytestmark = pytest.mark.django_db(transaction=True)
CHANGING = "is changing this right now. Nothing was saved. Try again in a moment."


def test_typed_text_comes_again(client, connect):
    addresses = ["/items/new/", f"/items/{Item.objects.create(name='Book').pk}/edit/"]
    fields = {"name": "My long text", "cells": "My long text", "version": "1"}

    connect("-c default_transaction_read_only=on")
    paths = [*addresses, "/items/import/"]
    read_only = [client.post(path, fields, headers=HTML) for path in paths]
    connect("-c lock_timeout=20ms")
    with beside() as other:
        other.execute("LOCK TABLE items_item IN ACCESS EXCLUSIVE MODE")
        locked = [client.post(path, fields, headers=HTML) for path in addresses]

    for responses, why in ((read_only, READ_ONLY), (locked, CHANGING)):
        for response in responses:
            assertContains(response, "My long text", status_code=503)
            assertContains(response, why, status_code=503)
            assert int(response["Retry-After"]) > 0


@pytest.fixture
def unreached(client, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"]["pool"], "timeout", 0.01)
    connection.close()
    connection.close_pool()
    yield
    connection.close_pool()


def test_typed_text_comes_again_without_a_connection(client, unreached):
    response = client.post("/items/new/", {"name": "My long text"}, headers=HTML)
    sign_in = client.post("/accounts/login/", {"username": "root"}, headers=HTML)

    assertContains(response, "My long text", status_code=503)
    assertContains(response, "cannot be reached right now. Nothing was saved.", status_code=503)
    assertNotContains(response, "Sign in", status_code=503)  # perhaps they are
    assertContains(sign_in, 'value="root"', status_code=503)
    assertContains(sign_in, "the database does not answer", status_code=503)
    assertNotContains(sign_in, "saved", status_code=503)


OTHER_FORMS = {  # address, what was typed, what else the form sends
    "keys": ("/accounts/keys/", {"name": "My long text"}, {"expires": "30d", "read_only": "on"}),
    "invite": ("/accounts/invite/", {"username": "my.text", "email": "my@text.org"}, {}),
    "item in the admin": (
        "/admin/items/item/add/",
        {"name": "My <b>text", "description": "\r\nTwo\r\nlines"},
        {"_save": "Save"},
    ),
    "group in the admin": ("/admin/auth/group/add/", {"name": "My text"}, {}),
}


@pytest.mark.parametrize(("address", "typed", "other"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_every_form_can_be_copied_and_sent_again(client, connect, address, typed, other):
    connect("-c default_transaction_read_only=on")
    refused = client.post(address, typed | other, headers=HTML)
    connect("-c lock_timeout=20ms")
    accepted = client.post(address, form_of(refused), headers=HTML)

    assertContains(refused, READ_ONLY, status_code=503)
    assertContains(refused, f'action="{address}"', status_code=503)
    assert refused.text.count("<textarea ") == len(typed)
    assert form_of(refused).items() >= (typed | other).items()
    assert accepted.status_code in (200, 302)


def test_a_form_comes_again_without_a_connection(client, unreached):
    response = client.post("/accounts/keys/", {"name": "My long text"}, headers=HTML)

    assertContains(response, "My long text", status_code=503)
    assertContains(response, "cannot be reached right now. Nothing was saved.", status_code=503)


def test_a_key_is_created_once_by_sending_again(client, connect):
    connect("-c default_transaction_read_only=on")
    refused = client.post("/accounts/keys/", {"name": "nightly", "expires": "30d"}, headers=HTML)
    connect("")

    again = [client.post("/accounts/keys/", form_of(refused), headers=HTML) for _ in range(2)]

    assert [response.status_code for response in again] == [200, 422]
    assert ApiKey.objects.get().name == "nightly"


SECRETS = {
    "/accounts/password/": ("old_password", "new_password1", "new_password2"),
    "/admin/auth/user/add/": ("password1", "password2"),
    "/admin/auth/user/{pk}/password/": ("password1", "password2"),
}


@pytest.mark.parametrize(("address", "names"), SECRETS.items(), ids=SECRETS)
def test_no_password_comes_again(client, root, connect, address, names):
    address = address.format(pk=root.pk)
    asked = client.get(address)
    connect("-c default_transaction_read_only=on")

    fields = dict.fromkeys(names, RIGHT) | {"username": "ada", "usable_password": "true"}
    response = client.post(address, fields, headers=HTML)

    assert {*re.findall(r'<input type="password" name="(\w+)"', asked.text)} == {*names}
    assert response.status_code == 503
    assert RIGHT not in response.text
    assert form_of(response)["username"] == "ada"
    assert not [name for name in form_of(response) if "password" in name]


def test_a_form_of_passwords_alone_is_opened_again(client, connect):
    address = "/accounts/password/"
    names = re.findall(r'<input [^>]*name="(\w+)"', client.get(address).text)
    connect("-c default_transaction_read_only=on")

    response = client.post(address, dict.fromkeys(names, RIGHT), headers=HTML)

    again = f'<a class="button" href="{address}">Enter your passwords again</a>'
    assertContains(response, again, html=True, status_code=503)
    assertNotContains(response, "Your text", status_code=503)
    assertNotContains(response, "<textarea", status_code=503)


def test_nothing_hidden_is_shown_as_typed(rf, settings):
    folder = settings.BASE_DIR / "templates"
    html = "".join(template.read_text() for template in folder.rglob("*.html"))
    names = {*re.findall(r'type="hidden" name="([\w-]+)"', html)}
    request = rf.post("/", dict.fromkeys(names, "855756f77b5295a3"))
    request.csrf_processing_done = True

    assert names >= {"next", "staging", "version"}
    assert not sent_form(request).has_text


def test_what_a_preview_asks_is_not_shown_as_typed(rf):
    asked = {*ALLOWED, *SHAPE, "column_name", "other_columns", "ids", "unknown_ids"}
    request = rf.post("/", dict.fromkeys(asked, "leave"))
    request.csrf_processing_done = True

    assert not sent_form(request).has_text


def test_texts_are_named_as_in_their_form(client, connect):
    connect("-c default_transaction_read_only=on")

    german = {**HTML, "Accept-Language": "de"}
    response = client.post("/accounts/invite/", {"username": "ada"}, headers=german)

    assertContains(response, ">Benutzername</label>", status_code=503)
    assert response.text.index("Nummer dieses Fehlers") > response.text.index("Zur Liste")


def test_nobody_is_asked_to_send_the_form_of_another_site(rf):
    request = rf.post("/accounts/invite/", {"username": "eve"})

    assert sent_form(request) is None
    request.csrf_processing_done = True
    assert [field.name for field in sent_form(request).fields] == ["username"]


def test_an_upload_that_was_not_read_is_a_sentence(client, unreached):
    response = client.post("/items/import/", {"cells": "name"}, headers=HTML)

    assertContains(response, "cannot be reached right now. Nothing was saved.", status_code=503)
