"""Somebody else changes the item while a form shows it."""

import re

import pytest
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from items.models import Item

pytestmark = pytest.mark.django_db
MINE = {"version": "1", "name": "My <Tome>", "description": "shelf 1"}


@pytest.fixture
def item():
    """Return an item that was at version 1 when the form was opened, and is at 2."""
    item = Item.objects.create(name="Book", description="shelf 1")
    Item.objects.filter(pk=item.pk).update(name="Their <Book>")
    item.refresh_from_db()
    return item


def shown_versions(page):
    return re.findall(r'<div class="description">(.*?)</div>', page.text, re.DOTALL)


def test_shows_both_texts_and_saves_neither(client, item):
    response = client.post(f"/items/{item.id}/edit/", MINE)

    assert response.status_code == 409
    assert shown_versions(response) == [
        "<del>Their</del> &lt;<del>Book</del>&gt;",
        "<ins>My</ins> &lt;<ins>Tome</ins>&gt;",
    ]
    assertContains(response, f"{item.updated_at:%H:%M}</time>.", status_code=409)
    assertContains(response, "Your changes are not saved yet.", status_code=409)
    assertContains(response, "Description: the same in both versions.", status_code=409)
    assertContains(response, 'value="My &lt;Tome&gt;"', status_code=409)
    assertContains(
        response, f'href="/items/{item.id}/" data-discards>Keep their version', status_code=409
    )
    item.refresh_from_db()
    assert (item.name, item.version) == ("Their <Book>", 2)


def test_names_the_day_when_the_others_did_not_save_today(client, item):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            ALTER TABLE items_item DISABLE TRIGGER USER;
            UPDATE items_item SET updated_at = '2026-03-12 17:20Z';
            ALTER TABLE items_item ENABLE TRIGGER USER
            """
        )

    response = client.post(f"/items/{item.id}/edit/", MINE)

    assertContains(response, ">12 Mar 2026 at 17:20</time>.", status_code=409)


def test_saves_mine_over_theirs_when_asked(client, item):
    page = client.post(f"/items/{item.id}/edit/", MINE).text
    (version,) = re.findall('name="version" value="(.+?)"', page)

    response = client.post(f"/items/{item.id}/edit/", MINE | {"version": version})

    assertRedirects(response, f"/items/{item.id}/", fetch_redirect_response=False)
    item.refresh_from_db()
    assert (item.name, item.version) == ("My <Tome>", 3)


@pytest.mark.parametrize("version", [{}, {"version": ""}, {"version": "stale"}, {"version": "9"}])
def test_a_form_without_the_right_version_is_stale(client, item, version):
    edited = client.post(f"/items/{item.id}/edit/", {"name": "x"} | version)
    deleted = client.post(f"/items/{item.id}/delete/", version)

    assert edited.status_code == deleted.status_code == 409
    assert Item.objects.get().version == 2


def test_the_same_text_twice_is_no_conflict(client):
    item = Item.objects.create(name="Book")
    fields = {"version": "1", "name": "Tome", "description": ""}

    responses = [client.post(f"/items/{item.id}/edit/", fields) for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert Item.objects.get().version == 2


def test_a_wrong_field_on_a_stale_form_is_told_too(client, item):
    response = client.post(f"/items/{item.id}/edit/", MINE | {"name": ""})

    assertContains(response, 'id="id_name_error"', status_code=409)
    assert shown_versions(response) == ["<del>Their &lt;Book&gt;</del>", "(empty)"]


def test_asks_again_before_it_deletes_what_changed(client, item):
    again = client.post(f"/items/{item.id}/delete/", {"version": "1"})
    done = client.post(f"/items/{item.id}/delete/", {"version": "2"})

    assertContains(again, "Their &lt;Book&gt;</strong> will be deleted", status_code=409)
    assertContains(again, 'name="version" value="2"', status_code=409)
    assertRedirects(done, "/items/", fetch_redirect_response=False)
    assert not Item.objects.exists()


def test_who_deletes_but_may_not_look_sees_no_description(client, item, settings):
    settings.VISITORS_MAY = ["delete"]

    assertNotContains(client.get(f"/items/{item.id}/delete/"), "shelf 1")
