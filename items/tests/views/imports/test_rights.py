"""Who sees a preview, and who may import what."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from items.models import Item
from items.tests.views.imports.steps import HTML, preview_of, send, the_list, user_who_may

pytestmark = pytest.mark.django_db


def test_a_preview_is_seen_by_its_owner_only(client):
    owner, other = user_who_may("view", "add"), user_who_may("view", "add", "change")
    client.force_login(owner)
    address = preview_of(client)

    for stranger in (None, other):
        visitor = Client()
        if stranger:
            visitor.force_login(stranger)
        for way in ("", "left-out/"):
            assertContains(
                visitor.get(address + way), "Send the file or the cells again.", status_code=404
            )
        for way in ("", "read/", "discard/"):
            assert visitor.post(address + way).status_code == 404

    assertContains(client.get(address), "Import ")
    assert not Item.objects.exists()


def test_who_may_not_change_items_imports_new_ones_only(client, items, settings):
    settings.VISITORS_MAY = []
    client.force_login(user_who_may("view", "add"))

    address = preview_of(client, "name,description\nTable,Oval\nBook,\n")
    client.post(address)

    wrong = client.get(f"{address}?status=wrong")
    assertContains(wrong, "You do not have the permission to change items.")
    assert the_list()[1:] == [("Table", "Round"), ("Chair", ""), ("Book", "")]


@pytest.mark.parametrize(
    ("right", "offered"),
    [("add", ["leave", "add", "leave", "add"]), ("change", ["leave", "change"])],
)
def test_choices_are_those_that_the_user_may_make(client, items, settings, right, offered):
    settings.VISITORS_MAY = []
    client.force_login(user_who_may("view", right))

    preview = client.get(preview_of(client, "name\nCHAIR\nBook\nBook\n"))

    assert re.findall('type="radio" .*?value="([^"]*)"', preview.text) == offered


def test_rights_that_were_taken_away_import_nothing(client, settings):
    settings.VISITORS_MAY = []
    user = user_who_may("view", "add")
    client.force_login(user)
    address = preview_of(client, "name\nBook\n")
    user.user_permissions.set(Permission.objects.filter(codename="view_item"))

    response = client.post(address)

    assert response.status_code == 403
    assert not Item.objects.exists()


def test_visitors_are_told_their_limit_before_the_click(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    address = preview_of(client, "name\nBook\nPen\nTable\nChair\n")

    preview = client.get(address)
    response = client.post(address)

    assertContains(client.get("/items/import/", headers=HTML), "to import more than 3 rows.")
    assertContains(preview, "to import more than 3 rows.")
    assertNotContains(preview, "Import 4 rows")
    assertNotContains(response, '<details class="how-read" open', status_code=429)
    assertContains(response, "Visitors can change at most 3 items a minute.", status_code=429)
    assert not Item.objects.exists()


def test_visitors_import_as_many_rows_as_they_are_told(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    address = preview_of(client, "name\nBook\nPen\nTable\n")

    client.post(address)
    for _ in range(2):
        preview_of(client)

    assert Item.objects.count() == 3
    assertContains(send(client), "Too many files without signing in.", status_code=429)
