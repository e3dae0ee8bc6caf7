"""The pages that undo a change, the messages that lead there, and the deleted item's."""

import pytest
from django.contrib.auth.models import User
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ChangeSet, Item
from items.tests.changes.history import next_transaction
from items.tests.forms import form_of
from items.tests.views.history.steps import HTML, last_change_set, save

pytestmark = pytest.mark.django_db


def test_the_message_after_an_edit_leads_to_its_undo(client, ada):
    item = Item.objects.create(name="Lamp", description="first")
    page = save(client, item, description="second")
    number = last_change_set()

    assertContains(page, f'<a href="/changes/{number}/undo/">Undo</a>')
    asked = client.get(f"/changes/{number}/undo/", headers=HTML)
    assertContains(asked, "1 item will get its earlier text back.")
    done = client.post(f"/changes/{number}/undo/", follow=True, headers=HTML)

    item.refresh_from_db()
    assert item.description == "first"
    assertContains(done, "Undone: 1 item has its earlier text again.")
    assertContains(done, f'<a href="/changes/{last_change_set()}/undo/">Undo this undo</a>')


def test_the_message_after_adding_leads_to_its_undo(client, ada):
    page = client.post("/items/new/", {"name": "Lamp"}, follow=True, headers=HTML)
    number = last_change_set()

    assertContains(page, f'Added “Lamp”. <a href="/changes/{number}/undo/">Undo</a>')
    client.post(f"/changes/{number}/undo/", headers=HTML)

    assert not Item.objects.exists()


@pytest.mark.parametrize("rights", ["view,add", "view,delete"])
def test_no_message_has_an_undo_that_the_reader_may_not_do(client, settings, rights):
    settings.VISITORS_MAY = rights.split(",")
    item = Item.objects.create(name="Lamp")
    if "add" in rights:
        page = client.post("/items/new/", {"name": "Vase"}, follow=True, headers=HTML)
    else:
        next_transaction()
        form = {"version": item.version}
        page = client.post(f"/items/{item.pk}/delete/", form, follow=True, headers=HTML)

    assertContains(page, 'class="message"')
    assertNotContains(page, ">Undo</a>")


def test_after_the_undo_of_one_change_its_item_is_shown(client, ada):
    item = Item.objects.create(name="Lamp", description="first")
    save(client, item, description="second")
    number = last_change_set()

    asked = client.get(f"/changes/{number}/undo/", headers=HTML)
    done = client.post(f"/changes/{number}/undo/", headers=HTML)

    assertContains(asked, "<del>first</del>")
    assertContains(asked, "<ins>second</ins>")
    assert done["Location"] == f"/items/{item.pk}/"


def test_an_undone_change_says_what_undid_it(client, ada):
    item = Item.objects.create(name="Lamp", description="first")
    save(client, item, description="second")
    number = last_change_set()
    client.post(f"/changes/{number}/undo/", headers=HTML)

    asked = client.get(f"/changes/{number}/undo/", headers=HTML)

    assertContains(asked, "Nothing to undo")
    assertContains(asked, f'Undone by <a href="/changes/{last_change_set()}/">')


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
    assertContains(asked, "ada · Website")
    assertContains(done, "1 item was changed later and stays as it is.")
    assertContains(done, "Restored “Vase”")
    again = client.get(f"/changes/{number}/undo/", headers=HTML)
    assertContains(again, "Nothing more can be undone: the other items were changed later.")
    assert set(Item.objects.values_list("pk", "description")) == {(ids[0], "kept"), (ids[1], "")}


@pytest.mark.parametrize("page", ["", "edit/", "delete/"])
def test_a_deleted_item_says_who_deleted_it_and_can_be_restored(client, ada, page):
    item = Item.objects.create(name="Lamp", description="green")
    created_at = Item.objects.get().created_at
    client.post(f"/items/{item.pk}/delete/", {"version": "1"})
    number = last_change_set()

    gone = client.get(f"/items/{item.pk}/{page}", headers=HTML)
    assertContains(gone, "This item was deleted.", status_code=410)
    assertContains(gone, "ada · Website", status_code=410)
    assertContains(gone, f'action="/changes/{number}/undo/?item={item.pk}"', status_code=410)
    back = client.post(f"/changes/{number}/undo/?item={item.pk}", follow=True, headers=HTML)

    assert back.redirect_chain == [(f"/items/{item.pk}/", 302)]
    restored = Item.objects.get(pk=item.pk)
    assert (restored.name, restored.description, restored.version) == ("Lamp", "green", 3)
    assert restored.created_at == created_at


def test_who_cannot_restore_a_deleted_item_is_told_why(client, settings):
    settings.VISITORS_MAY = ["view"]
    item = Item.objects.create(name="Lamp")
    next_transaction()
    address = f"/items/{item.pk}/"
    item.delete()

    visitor = client.get(address, headers=HTML)
    client.force_login(User.objects.create_user("reader"))
    reader = client.get(address, headers=HTML)

    told = f'<a href="/accounts/login/?next={address}">Sign in</a> to restore it.'
    assertContains(visitor, told, status_code=410)
    told = "Your account does not have permission to restore it."
    assertContains(reader, told, status_code=410)


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
