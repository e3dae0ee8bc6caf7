import json
import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from items.admin import ItemAdmin, paging
from items.models import Item
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db
LIST = "/admin/items/item/"
KEYS = "/admin/items/apikey/"


def test_lists_items(admin_client):
    Item.objects.create(name="<i>Book</i>", description="A cool book")

    response = admin_client.get(LIST)

    assertContains(response, "&lt;i&gt;Book&lt;/i&gt;")
    assertContains(response, "A cool book")
    assertContains(response, "By added")


def test_searches_as_the_pages_do(admin_client):
    Item.objects.create(name="Café")
    Item.objects.create(name="Book")

    response = admin_client.get(LIST, {"q": "cafe"})

    assertContains(response, "Café</a>")
    assertNotContains(response, "Book</a>")


def test_adds_by_the_same_rules(admin_client):
    refused = admin_client.post(f"{LIST}add/", {"name": "\u200b", "description": ""})
    taken = admin_client.post(f"{LIST}add/", {"name": " Book ", "description": "x"})

    assertContains(refused, "This field is required.")
    assert taken.status_code == 302
    assert Item.objects.get().name == "Book"


def test_changes_and_deletes(admin_client):
    item = Item.objects.create(name="Book", description="old")

    admin_client.post(f"{LIST}{item.id}/change/", {"name": "Tome", "description": "old"})
    item.refresh_from_db()
    deleted = admin_client.post(f"{LIST}{item.id}/delete/", {"post": "yes"})

    assert (item.name, item.version) == ("Tome", 2)
    assert deleted.status_code == 302
    assert not Item.objects.exists()


def test_a_later_save_does_not_undo_an_earlier_one(admin_client):
    item = Item.objects.create(name="Book", description="old")
    mine = form_of(admin_client.get(f"{LIST}{item.pk}/change/"))
    theirs = mine | {"description": "from them"}
    mine = mine | {"name": "Tome"}

    saved = admin_client.post(f"{LIST}{item.pk}/change/", theirs)
    refused = admin_client.post(f"{LIST}{item.pk}/change/", mine)

    item.refresh_from_db()
    assert saved.status_code == 302
    assert (item.name, item.description) == ("Book", "from them")
    assertContains(refused, "Somebody else saved this while you were editing it.")
    assertContains(refused, "The saved value is now “from them”.")
    assertContains(refused, 'value="Tome"')

    admin_client.post(f"{LIST}{item.pk}/change/", form_of(refused))

    item.refresh_from_db()
    assert (item.name, item.description) == ("Tome", "old")


def test_saving_an_unchanged_form_is_no_conflict(admin_client):
    item = Item.objects.create(name="Book")
    mine = form_of(admin_client.get(f"{LIST}{item.pk}/change/"))
    Item.objects.update(name="Tome")

    again = admin_client.post(f"{LIST}{item.pk}/change/", mine | {"name": "Tome"})

    assert again.status_code == 302


def test_two_administrators_of_a_user_do_not_undo_each_other(admin_client, django_user_model):
    user = django_user_model.objects.create(username="ada")
    user.groups.add(Group.objects.get(name="Readers"))
    url = f"/admin/auth/user/{user.pk}/change/"
    mine = {"username": "ada", "is_active": "on", "last_name": "Lovelace"}
    mine["shown"] = form_of(admin_client.get(url))["shown"]
    user.is_active = False
    user.save()

    refused = admin_client.post(url, mine)

    user.refresh_from_db()
    assertContains(refused, "Somebody else saved this while you were editing it.")
    assertContains(refused, "The saved value is now “No”.")
    assertContains(refused, "The saved value is now “Readers”.")
    assert (user.is_active, user.last_name) == (False, "")


def test_deletes_all_that_were_found_but_no_more_than_are_counted(admin_client, monkeypatch):
    monkeypatch.setattr(ItemAdmin, "deleted_max", 2)
    items = [Item.objects.create(name=name) for name in ("Book 1", "Book 2", "Pen")]
    form = {"action": "delete_selected", "_selected_action": items[0].pk, "select_across": "1"}

    too_many = admin_client.post(LIST, form)
    shown = admin_client.post(f"{LIST}?q=book", form)
    admin_client.post(f"{LIST}?q=book", form | {"post": "yes"})

    assertContains(too_many, "To delete more than 2 items, use the list", status_code=400)
    assertContains(shown, "Items: 2")
    assert [item.name for item in Item.objects.all()] == ["Pen"]


def test_does_not_bring_back_what_was_deleted(admin_client):
    item = Item.objects.create(name="Book")
    Item.objects.filter(pk=item.pk).delete()

    admin_client.post(f"{LIST}{item.pk}/change/", {"name": "back", "description": ""})

    assert not Item.objects.exists()


def test_locks_what_it_will_write(admin_client):
    item = Item.objects.create(name="Book")

    with CaptureQueriesContext(connection) as queries:
        admin_client.post(f"{LIST}{item.pk}/change/", {"name": "Tome", "description": ""})

    assert [query for query in queries if "FOR UPDATE" in query["sql"]]


def rows_of(page):
    """Return the names of a list's rows, and what it says about their number."""
    text = page.content.decode()
    names = re.findall(r'class="field-by_name"><a [^>]*>(.*?)</a>', text)
    return names, re.search(r"(?:about )?[0-9,]+ items?", text)[0]


def add_numbered(number):
    Item.objects.bulk_create(Item(name=f"Item {n}") for n in range(1, number + 1))


def test_a_list_says_how_many_items_it_has(admin_client):
    add_numbered(120)

    first = admin_client.get(LIST)
    last = admin_client.get(LIST, {"p": "3"})

    assert rows_of(first)[1] == "120 items"
    assert rows_of(last)[0][-1] == "Item 1"


@pytest.fixture
def uncounted(monkeypatch):
    """Add 120 items, which are too many to be counted."""
    monkeypatch.setattr(paging, "COUNTED_MAX", 1)
    add_numbered(120)


@pytest.mark.parametrize("estimate", [60, 100, 119, 120, 121, 160, 5_000])
def test_every_item_is_reached_whatever_the_estimate(
    admin_client, uncounted, monkeypatch, estimate
):
    plan = json.dumps([{"Plan": {"Plan Rows": estimate}}])
    monkeypatch.setattr(QuerySet, "explain", lambda *_, **__: plan)

    pages = [rows_of(admin_client.get(LIST, {"p": number})) for number in (1, 2, 3, 99)]

    names = [names for names, _ in pages]
    assert names[0] + names[1] + names[2] == [f"Item {number}" for number in range(120, 0, -1)]
    assert names[3] == names[2]
    assert pages[0][1] == f"about {estimate:,} items"
    assert pages[2][1] == pages[3][1] == "120 items"


def test_many_items_are_not_counted(admin_client, uncounted):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE items_item")

    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(LIST)

    assert rows_of(page)[1] == "about 120 items"
    assert [query["sql"] for query in queries if "COUNT(" in query["sql"]] == []
    assert len(queries) <= 8


@pytest.mark.parametrize("column", ["1", "-1", "3", "-3", "4", "-4"])
def test_each_order_has_its_index(admin_client, column):
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(LIST, {"o": column})

    (asked,) = [query["sql"] for query in queries if "ORDER BY" in query["sql"]]
    assert re.search(r'ORDER BY "items_item"."(name_order|id|updated_at)"', asked)


@pytest.mark.parametrize(
    "query", ["name__regex=(", "name__exact=%00", "created_at__year=0", "id__exact=9" + "9" * 30]
)
def test_odd_queries_are_no_server_error(admin_client, query):
    admin_client.raise_request_exception = False

    response = admin_client.get(f"{LIST}?{query}")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("path", "lookup"),
    [
        ("/admin/auth/user/", "date_joined__year=99999"),
        ("/admin/auth/user/", "date_joined__year=0"),
        ("/admin/auth/user/", "date_joined__iso_year=10000"),
        ("/admin/auth/user/", "username__regex=("),
        ("/admin/auth/user/", "id__range=9"),
        ("/admin/auth/user/", "id__range=999"),
        ("/admin/auth/group/", "name__exact=%00"),
        (KEYS, f"created_at__year__gt={'9' * 30}"),
    ],
)
def test_odd_lookups_are_no_server_error(admin_client, path, lookup):
    admin_client.raise_request_exception = False

    assert admin_client.get(path).status_code == 200
    assert admin_client.get(f"{path}?{lookup}").status_code == 400


@pytest.mark.parametrize("path", [LIST, KEYS, "/admin/auth/user/", "/admin/auth/group/"])
@pytest.mark.parametrize("selected", ["", "abc", "1.5", "\0"])
def test_odd_selections_are_no_server_error(admin_client, path, selected):
    admin_client.raise_request_exception = False

    form = {"action": "delete_selected", "_selected_action": selected}

    assert admin_client.post(path, form).status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "FOO"])
def test_takes_no_other_methods(client, method):
    response = client.generic(method, "/admin/items/item/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
