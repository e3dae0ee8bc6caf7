"""The pages of the history: an item's, the list of changes, one change set, and undo."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ChangeSet, Item
from items.tests.changes.history import next_transaction
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.fixture
def ada(client):
    user = User.objects.create_superuser("ada")
    client.force_login(user)
    return user


def save(client, item, **fields):
    page = client.get(f"/items/{item.pk}/edit/", headers=HTML)
    return client.post(f"/items/{item.pk}/edit/", form_of(page) | fields, follow=True, headers=HTML)


def last_change_set():
    return ChangeSet.objects.latest("id").pk


def test_an_item_shows_what_changed_who_and_through_what(client, ada):
    client.post("/items/new/", {"name": "Lamp", "description": "a green one"})
    item = Item.objects.get()
    save(client, item, description="a <red> one")

    page = client.get(f"/items/{item.pk}/", headers=HTML)

    assertContains(page, "a <del>green</del> one")
    assertContains(page, "a <ins>&lt;red&gt;</ins> one")
    assertContains(page, "ada · Pages", count=2)


def test_visitors_see_what_and_when_but_nobodys_name(client, ada):
    client.post("/items/new/", {"name": "Lamp"})
    client.logout()

    for path in (f"/items/{Item.objects.get().pk}/", "/changes/", f"/changes/{last_change_set()}/"):
        page = client.get(path, headers=HTML)
        assertContains(page, "Pages")
        assertNotContains(page, "ada")


def test_an_older_version_is_brought_back(client, ada):
    client.post("/items/new/", {"name": "Lamp", "description": "first"})
    item = Item.objects.get()
    save(client, item, description="second")

    page = client.post(f"/items/{item.pk}/restore/", {"version": "1"}, follow=True, headers=HTML)

    item.refresh_from_db()
    assert (item.description, item.version) == ("first", 3)
    assertContains(page, "Brought back version 1.")
    assertContains(page, f'href="/changes/{last_change_set()}/undo/"')


def versions_offered(page):
    return re.findall('name="version" value="([0-9]+)"', page.text)


def test_each_older_version_can_be_brought_back_on_all_pages(client, ada, monkeypatch):
    monkeypatch.setattr("items.views.item_detail.CHANGES_SHOWN", 2)
    item = Item.objects.create(name="Lamp")
    for number in range(3):
        Item.objects.update(description=str(number))

    first = client.get(f"/items/{item.pk}/", headers=HTML)
    second = client.get(f"/items/{item.pk}/?after=3", headers=HTML)
    beyond = client.get(f"/items/{item.pk}/?after=1", headers=HTML)

    assert versions_offered(first) == ["3"]
    assert versions_offered(second) == ["2", "1"]
    assertNotContains(beyond, "This item was there before")


def add_before_the_history(name):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE items_item DISABLE TRIGGER USER")
        cursor.execute("INSERT INTO items_item (name) VALUES (%s) RETURNING id", [name])
        (pk,) = cursor.fetchone()
        cursor.execute("ALTER TABLE items_item ENABLE TRIGGER USER")
    return pk


def test_an_item_from_before_the_history_says_so(client):
    pk = add_before_the_history("Lamp")

    page = client.get(f"/items/{pk}/", headers=HTML)

    assertContains(page, "This item was there before")
    assert versions_offered(page) == []


def test_the_version_from_before_the_history_is_brought_back(client, ada):
    item = Item.objects.get(pk=add_before_the_history("Lamp"))
    save(client, item, name="Vase")
    page = save(client, item, name="Pot")
    assert versions_offered(page) == ["2", "1"]

    client.post(f"/items/{item.pk}/restore/", {"version": "1"}, headers=HTML)

    item.refresh_from_db()
    assert (item.name, item.version) == ("Lamp", 4)


def test_the_message_after_an_edit_leads_to_its_undo(client, ada):
    item = Item.objects.create(name="Lamp", description="first")
    page = save(client, item, description="second")
    number = last_change_set()

    assertContains(page, f'<a href="/changes/{number}/undo/">Undo</a>')
    asked = client.get(f"/changes/{number}/undo/", headers=HTML)
    assertContains(asked, "1 item will get its text of before.")
    done = client.post(f"/changes/{number}/undo/", follow=True, headers=HTML)

    item.refresh_from_db()
    assert item.description == "first"
    assertContains(done, "Undone: 1 item has its text of before.")
    assertContains(done, f'<a href="/changes/{last_change_set()}/undo/">Undo this undo</a>')


def test_what_was_changed_since_is_kept_and_named(client, ada):
    items = [Item.objects.create(name=name) for name in ("Lamp", "Vase")]
    ids = [item.pk for item in items]
    address = f"/items/delete/?id={ids[0]}&id={ids[1]}"
    page = client.post(
        address, form_of(client.get(address, headers=HTML)), follow=True, headers=HTML
    )
    number = last_change_set()
    assertContains(page, f'<a href="/changes/{number}/undo/">Undo</a>')
    client.post(f"/changes/{number}/undo/?item={ids[0]}", headers=HTML)
    save(client, items[0], description="kept")

    asked = client.get(f"/changes/{number}/undo/", headers=HTML)
    done = client.post(f"/changes/{number}/undo/", follow=True, headers=HTML)

    assertContains(asked, "1 deleted item will come back.")
    assertContains(asked, "1 item stays as it is")
    assertContains(asked, "ada · Pages")
    assertContains(done, "1 item was changed since, and stays as it is.")
    assert set(Item.objects.values_list("pk", "description")) == {(ids[0], "kept"), (ids[1], "")}


@pytest.mark.parametrize("page", ["", "edit/", "delete/"])
def test_a_deleted_item_says_who_deleted_it_and_can_be_restored(client, ada, page):
    item = Item.objects.create(name="Lamp", description="green")
    created_at = Item.objects.get().created_at
    client.post(f"/items/{item.pk}/delete/", {"version": "1"})
    number = last_change_set()

    gone = client.get(f"/items/{item.pk}/{page}", headers=HTML)
    assertContains(gone, "This item was deleted.", status_code=410)
    assertContains(gone, "ada · Pages", status_code=410)
    assertContains(gone, f'action="/changes/{number}/undo/?item={item.pk}"', status_code=410)
    back = client.post(f"/changes/{number}/undo/?item={item.pk}", follow=True, headers=HTML)

    assert back.redirect_chain == [(f"/items/{item.pk}/", 302)]
    restored = Item.objects.get(pk=item.pk)
    assert (restored.name, restored.description, restored.version) == ("Lamp", "green", 3)
    assert restored.created_at == created_at


@pytest.mark.parametrize("query", ["item=", "item=x", "item=0", "item=1&item=2"])
def test_a_wrong_item_number_does_not_undo_all(client, query):
    Item.objects.create(name="Lamp")
    address = f"/changes/{last_change_set()}/undo/?{query}"

    asked, done = client.get(address, headers=HTML), client.post(address, headers=HTML)

    assert (asked.status_code, done.status_code) == (400, 400)
    assert Item.objects.exists()


def test_what_was_never_there_is_not_found(client):
    assert client.get("/items/77/", headers=HTML).status_code == 404
    assert client.get("/changes/77777/", headers=HTML).status_code == 404
    assert client.get("/changes/77777/undo/", headers=HTML).status_code == 404


def test_changes_are_filtered_by_person_way_and_day(client, ada):
    Item.objects.create(name="Vase")
    client.post("/items/new/", {"name": "Lamp"})

    def shown(query):
        page = client.get(f"/changes/?{query}", headers=HTML)
        return ["Lamp" in page.text, "Vase" in page.text]

    assert shown("") == [True, True]
    assert shown(f"user={ada.pk}") == shown("way=page") == [True, False]
    assert shown("user=0") == shown("way=database") == [False, True]
    assert shown("day=2001-01-01") == [False, False]
    assert shown("user=x&way=y&day=2026-02-30&after=-1&before=z") == [True, True]


def test_pages_of_changes_are_turned(client, monkeypatch):
    monkeypatch.setattr("items.views.changes.ROWS", 2)
    for number in range(5):
        client.post("/items/new/", {"name": f"Item {number}"})

    first = client.get("/changes/?way=page", headers=HTML)
    cursor = first.context["page"].after
    second = client.get(f"/changes/?way=page&after={cursor}", headers=HTML)
    back = client.get(f"/changes/?way=page&before={second.context['page'].before}", headers=HTML)

    assert [row.name for row in first.context["page"].rows] == ["Item 4", "Item 3"]
    assert [row.name for row in second.context["page"].rows] == ["Item 2", "Item 1"]
    assert [row.name for row in back.context["page"].rows] == ["Item 4", "Item 3"]
    assertContains(first, f"/changes/?way=page&amp;after={cursor}")


def test_the_chart_and_its_table_have_the_same_numbers(client):
    for number in range(3):
        client.post("/items/new/", {"name": f"Item {number}"})

    page = client.get("/changes/", headers=HTML)

    bars = page.context["bars"]
    assert len(bars) == 14
    assert sum(bar.count for bar in bars) == page.context["total"] == ChangeSet.objects.count()
    assert (
        page.text.count("<rect") == page.text.count('<th scope="row"><a href="/changes/?day=') == 14
    )
    assertContains(page, "4 changes in 14 days")


@pytest.mark.parametrize(
    ("rights", "change", "allowed"),
    [
        ("view,add,change", "add", False),
        ("view,delete", "add", True),
        ("view,add,delete", "edit", False),
        ("view,change", "edit", True),
        ("view,change,delete", "delete", False),
        ("view,add", "delete", True),
    ],
)
def test_an_undo_needs_the_permission_of_what_it_does(client, settings, rights, change, allowed):
    item = Item.objects.create(name="Lamp")
    if change != "add":
        next_transaction()
    if change == "edit":
        Item.objects.update(name="Vase")
    elif change == "delete":
        item.delete()
    settings.VISITORS_MAY = rights.split(",")
    number = ChangeSet.objects.latest("id").pk

    asked = client.get(f"/changes/{number}/undo/", headers=HTML)
    done = client.post(f"/changes/{number}/undo/", headers=HTML)

    assert (asked.status_code == 200) == allowed
    assert done["Location"].startswith(
        "/accounts/login/" if not allowed else ("/items/", "/changes/")
    )
    assert (ChangeSet.objects.latest("id").pk > number) == allowed


def test_an_undo_that_is_refused_does_not_count(client, settings):
    for number in range(4):
        Item.objects.create(name=f"Lamp {number}")  # one change set, as a test is one transaction
    made = last_change_set()
    settings.VISITORS_MAY, settings.VISITOR_WRITES_PER_MINUTE = ["view", "add"], 3

    undone = client.post(f"/changes/{made}/undo/", headers=HTML)
    added = [client.post("/items/new/", {"name": "Vase"}).status_code for _ in range(4)]

    assert undone["Location"].startswith("/accounts/login/")
    assert added == [302, 302, 302, 429]


def test_odd_names_are_shown_as_text(client, ada):
    item = Item.objects.create(name="<script>alert(1)</script>\u202e", description="x" * 10_000)
    Item.objects.update(description="y" * 10_000)
    item.delete()

    for path in (f"/items/{item.pk}/", "/changes/", f"/changes/{last_change_set()}/"):
        page = client.get(path, headers=HTML)
        assert "<script>alert" not in page.text


def test_a_long_text_shows_the_parts_around_a_difference(client):
    Item.objects.create(name="Lamp", description="a " * 900 + "green" + " z" * 900)
    Item.objects.update(description="a " * 900 + "red" + " z" * 900)

    page = client.get(f"/items/{Item.objects.get().pk}/", headers=HTML)

    assertContains(page, "<del>green</del>")
    [old] = [part for part in page.text.split("<dd ") if "<del>" in part]
    assert len(old) < 500


def test_a_conflict_page_says_who_saved(client, ada):
    item = Item.objects.create(name="Lamp")
    mine = form_of(client.get(f"/items/{item.pk}/edit/", headers=HTML))
    save(client, item, description="theirs")

    page = client.post(f"/items/{item.pk}/edit/", mine | {"name": "Vase"}, headers=HTML)

    assertContains(page, "It was ada.", status_code=409)


def test_the_list_says_who_changed_an_item_last_to_who_may_know(client, ada):
    client.post("/items/new/", {"name": "Lamp"})

    named = client.get("/items/", headers=HTML)
    client.logout()
    unnamed = client.get("/items/", headers=HTML)

    assertContains(named, '<span class="hint">ada</span>')
    assertNotContains(unnamed, "ada")


def test_the_history_button_of_the_admin_leads_to_this_history(client, ada):
    item = Item.objects.create(name="Lamp")

    response = client.get(f"/admin/items/item/{item.pk}/history/")

    assert response["Location"] == f"/items/{item.pk}/#history"
