"""The pages of the history: an item's, the list of changes, one change set, and undo."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains

from items.changes.recording import Author
from items.models import ChangeSet, Item
from items.tests.changes.history import ADA, BOB, add, made_by, next_transaction, rename
from items.tests.forms import form_of
from items.tests.views.history.steps import HTML, last_change_set, save

pytestmark = pytest.mark.django_db


def test_an_item_shows_what_changed_who_and_through_what(client, ada):
    client.post("/items/new/", {"name": "Lamp", "description": "a green one"})
    item = Item.objects.get()
    save(client, item, description="a <red> one")

    page = client.get(f"/items/{item.pk}/", headers=HTML)

    assertContains(page, "a <del>green</del> one")
    assertContains(page, "a <ins>&lt;red&gt;</ins> one")
    assertContains(page, "ada · Website", count=2)


def test_visitors_see_what_and_when_but_nobodys_name(client, ada):
    client.post("/items/new/", {"name": "Lamp"})
    client.logout()

    for path in (f"/items/{Item.objects.get().pk}/", "/changes/", f"/changes/{last_change_set()}/"):
        page = client.get(path, headers=HTML)
        assertContains(page, "Website")
        assertNotContains(page, "ada")


def test_an_older_version_is_brought_back(client, ada):
    client.post("/items/new/", {"name": "Lamp", "description": "first"})
    item = Item.objects.get()
    save(client, item, description="second")

    page = client.post(f"/items/{item.pk}/restore/", {"version": "1"}, follow=True, headers=HTML)

    item.refresh_from_db()
    assert (item.description, item.version) == ("first", 3)
    assertContains(page, "The item has the texts of the older version again.")
    assertContains(page, f'href="/changes/{last_change_set()}/undo/"')


def test_who_signs_in_to_bring_back_a_version_is_led_to_the_history(client, ada):
    item = Item.objects.create(name="Lamp")

    response = client.get(f"/items/{item.pk}/restore/", headers=HTML)

    assert response["Location"] == f"/items/{item.pk}/#history"


def item_from_before_the_history():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE items_item DISABLE TRIGGER USER")
        cursor.execute("INSERT INTO items_item (name) VALUES ('Lamp')")
        cursor.execute("ALTER TABLE items_item ENABLE TRIGGER USER")
    return Item.objects.get()


def test_an_item_from_before_the_history_says_so(client, ada):
    item = item_from_before_the_history()

    page = client.get(f"/items/{item.pk}/", headers=HTML)

    assertContains(page, "This item was there before")
    assertNotContains(page, "Bring back this version")


def test_the_version_from_before_the_history_is_brought_back(client, ada):
    item = item_from_before_the_history()
    page = save(client, item, name="Vase")

    assertContains(page, "Bring back this version", count=1)
    [version] = re.findall('<input type="hidden" name="version" value="([0-9]+)"', page.text)
    client.post(f"/items/{item.pk}/restore/", {"version": version}, headers=HTML)

    item.refresh_from_db()
    assert item.name == "Lamp"


def test_each_older_version_has_its_button_on_every_page_of_the_history(client, ada, monkeypatch):
    monkeypatch.setattr("items.views.item_detail.CHANGES_SHOWN", 2)
    item = Item.objects.create(name="Lamp")
    for text in ("one", "two", "three"):
        save(client, item, description=text)

    first = client.get(f"/items/{item.pk}/", headers=HTML)
    second = client.get(f"/items/{item.pk}/?history=3", headers=HTML)
    beyond = client.get(f"/items/{item.pk}/?history=1", headers=HTML)

    assertNotContains(beyond, "This item was there before")
    assertContains(first, "Bring back this version", count=1)  # not for the present one
    assertContains(first, '<a rel="next" href="?history=3#history">Older changes →</a>')
    assertContains(second, "Bring back this version", count=2)
    assertContains(second, '<a href="?#history">← Newest changes</a>')


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


def test_a_day_in_the_table_of_the_chart_keeps_the_other_filters(client):
    page = client.get("/changes/?way=json&day=2026-01-01&after=7", headers=HTML)

    day = page.context["bars"][0].day
    assertContains(page, f'href="/changes/?day={day:%Y-%m-%d}&amp;way=json"')


def test_an_import_on_the_server_is_nobodys(client, ada):
    made_by(Author("import", detail="list.csv"), add("Lamp"))

    page = client.get("/changes/", headers=HTML)

    assertContains(page, '<td>Import <span class="hint">list.csv</span>')


def test_a_change_set_names_each_item_once(client, ada):
    number = made_by(ADA, add("Lamp", "Vase"))
    made_by(BOB, rename("Vase", "Pot"))

    page = client.get(f"/changes/{number}/", headers=HTML)

    assertContains(page, "Lamp", count=1)
    assertContains(page, "Pot", count=1)  # its name now
    assertContains(page, "Vase", count=1)  # its name then


def test_pages_of_a_change_set_lead_on_and_back(client, monkeypatch):
    monkeypatch.setattr("items.views.changes.ROWS", 2)
    number = made_by(ADA, add("Lamp", "Vase", "Pot"))

    first = client.get(f"/changes/{number}/", headers=HTML)
    [after] = re.findall(r'rel="next" href="[^"]*\?after=([0-9-]+)"', first.text)
    second = client.get(f"/changes/{number}/?after={after}", headers=HTML)

    assertNotContains(first, "First page")
    assertContains(second, f'<a href="/changes/{number}/">← First page</a>')
    assertContains(second, "Pot")


def test_no_message_offers_an_undo_that_is_not_allowed(client, settings):
    item = Item.objects.create(name="Lamp")
    made = last_change_set()
    next_transaction()
    settings.VISITORS_MAY = ["view", "delete"]

    undone = client.post(f"/changes/{made}/undo/", follow=True, headers=HTML)
    other = Item.objects.create(name="Vase")
    next_transaction()
    deleted = client.post(f"/items/{other.pk}/delete/", {"version": "1"}, follow=True, headers=HTML)

    assert not Item.objects.filter(pk=item.pk).exists()
    assertContains(undone, "1 added item was deleted.")
    assertContains(deleted, "Deleted")
    for page in (undone, deleted):
        assertNotContains(page, "/undo/")


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

    own = client.post(f"/items/{item.pk}/edit/", mine | {"name": "Vase"}, headers=HTML)
    client.force_login(User.objects.create_superuser("bob"))
    page = client.post(f"/items/{item.pk}/edit/", mine | {"name": "Vase"}, headers=HTML)

    assertContains(own, "You saved this item in the meantime", status_code=409)
    assertContains(page, "Somebody else saved this item in the meantime", status_code=409)
    assertContains(page, "It was ada.", status_code=409)


def test_the_list_says_who_changed_an_item_last_to_who_may_know(client, ada):
    client.post("/items/new/", {"name": "Lamp"})

    named = client.get("/items/", headers=HTML)
    client.logout()
    unnamed = client.get("/items/", headers=HTML)

    assertContains(named, '<span class="hint">· ada</span>')
    assertNotContains(unnamed, "ada")


def test_the_history_button_of_the_admin_leads_to_this_history(client, ada):
    item = Item.objects.create(name="Lamp")

    response = client.get(f"/admin/items/item/{item.pk}/history/")

    assert response["Location"] == f"/items/{item.pk}/#history"
