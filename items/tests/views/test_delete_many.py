"""Many items at once: those that were confirmed go, in one statement, and no others."""

import re

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from items.access import rate_limit
from items.changes import bulk_delete
from items.database.sql import Busy, TooLong
from items.models import Item
from items.search.words import WORDS_MAX_LENGTH
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.fixture
def books():
    """Return three items that hold a word, beside one that does not."""
    Item.objects.create(name="Pen")
    return [Item.objects.create(name=f"Book <{n}>") for n in range(3)]


def ticked(*items):
    return "/items/delete/?" + "&".join(f"id={item.pk}" for item in items)


def confirm(client, address):
    """Ask, and send the form that is shown."""
    return client.post(address, form_of(client.get(address)))


def names():
    return list(Item.objects.order_by("id").values_list("name", flat=True))


def test_deletes_what_is_ticked(client, books):
    page = client.get(ticked(*books[:2]))
    response = client.post(ticked(*books[:2]), form_of(page))

    assertContains(page, "<h1>Delete 2 items?</h1>", html=True)
    assertContains(page, "Book &lt;0&gt;</a>")
    assertContains(page, "Book &lt;1&gt;</a>")
    assertRedirects(response, "/items/", fetch_redirect_response=False)
    assert names() == ["Pen", "Book <2>"]
    assertContains(client.get("/items/", headers=HTML), "Deleted 2 items.")


def test_the_rows_of_the_list_lead_there(client, books):
    page = client.get("/items/?q=book&sort=name", headers=HTML).text

    (form,) = re.findall('<form action="/items/delete/".*?</form>', page, re.DOTALL)
    ticks = re.findall('<input type="checkbox" name="id" value="([0-9]+)"', form)
    assert ticks == [str(book.pk) for book in books]
    assert re.findall('<input type="hidden" name="(.*?)" value="(.*?)">', form) == [
        ("q", "book"),
        ("sort", "name"),
    ]
    assert 'name="all" value="1" data-total="3"> Select all 3 that match</label>' in form


def test_who_may_not_delete_has_no_ticks(client, books, settings):
    client.get("/items/", headers=HTML)  # remembers rows that have some
    settings.VISITORS_MAY = ["view", "change"]

    page = client.get("/items/", headers=HTML)

    assertNotContains(page, 'name="id"')
    assertNotContains(page, "/items/delete/")


def test_deletes_all_that_match_and_goes_back_to_that_list(client, books):
    address = "/items/delete/?q=book&sort=name&size=100&after=x&all=1"
    page = client.get(address)
    response = client.post(address, form_of(page))

    assertContains(page, "All items that match “book” will be deleted")
    assertRedirects(response, "/items/?q=book&sort=name&size=100", fetch_redirect_response=False)
    assert names() == ["Pen"]


def test_deletes_the_whole_list(client, books):
    page = client.get("/items/delete/?all=1")
    client.post("/items/delete/?all=1", form_of(page))

    assertContains(page, "All items in the list will be deleted")
    assert names() == []


def test_names_twenty_in_the_order_of_the_list_and_counts_the_rest(client):
    Item.objects.bulk_create(Item(name=f"item {n:04}") for n in range(1023))

    page = client.get("/items/delete/?q=item&sort=name&all=1")

    assertContains(page, "<h1>Delete 1,023 items?</h1>", html=True)
    assert re.findall(r"item \d+", page.text) == [f"item {n:04}" for n in range(20)]
    assertContains(page, "<li>and 1,003 more</li>", html=True)


@pytest.mark.parametrize(
    ("number", "left"), [("101", 0), ("1,01", 0), ("", 101), ("100", 101), ("all", 101)]
)
def test_the_number_is_typed_to_delete_more_than_a_hundred(client, number, left):
    Item.objects.bulk_create(Item(name=f"item {n}") for n in range(101))
    page = client.get("/items/delete/?all=1")

    response = client.post("/items/delete/?all=1", form_of(page) | {"number": number})

    assertContains(page, "To delete them, type their number: 101")
    assert response.status_code == (422 if left else 302)
    assert Item.objects.count() == left


def test_a_page_of_ticks_leads_back_to_that_page(client, books):
    page = client.get(f"{ticked(books[0])}&sort=name&after=WyJuYW1lIiwicGVuIiwxXQ")

    assertContains(page, 'href="/items/?sort=name&amp;after=WyJuYW1lIiwicGVuIiwxXQ"')


def test_is_one_statement(client, books, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("items.changes.bulk_delete.renew_statistics", lambda: None)
    fields = form_of(client.get("/items/delete/?q=book&all=1"))

    # Four for two savepoints; who deletes, the time that it may take, and two for the link to undo:
    # the number, and what its permissions are
    with django_assert_num_queries(1 + 4 + 1 + 1 + 2):
        client.post("/items/delete/?q=book&all=1", fields)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda book: Item.objects.create(name="Book <4>"),
            "Before, 3 items were selected. Now there are 4.",
        ),
        (lambda book: book.delete(), "Before, 3 items were selected. Now there are 2."),
        (
            lambda book: Item.objects.filter(pk=book.pk).update(name="My book"),
            "Some of these items changed",
        ),
        (
            lambda book: (book.delete(), Item.objects.create(name="Book <0>")),
            "Some of these items changed",
        ),
    ],
    ids=["one more", "one less", "one changed", "one for another"],
)
def test_asks_again_when_it_is_not_what_was_confirmed(client, books, change, told):
    address = "/items/delete/?q=book&all=1"
    fields = form_of(client.get(address))
    change(books[0])
    before = names()

    again = client.post(address, fields)
    there = names()
    done = client.post(address, form_of(again))

    assertContains(again, told, status_code=409)
    assert there == before
    assertRedirects(done, "/items/?q=book", fetch_redirect_response=False)
    assert names() == ["Pen"]


@pytest.mark.parametrize(
    "confirmed", ["", "3", "3-", "3-1", "x-1", "3-1-1", f"3-{'9' * 50}", "٣-1"]
)
def test_asks_again_when_nothing_right_was_confirmed(client, books, confirmed):
    response = client.post(ticked(*books), {"confirmed": confirmed})

    assertContains(response, "Nothing is deleted yet", status_code=409)
    assert len(names()) == 4


def test_a_confirmation_holds_for_its_own_items_only(client, books):
    fields = form_of(client.get(ticked(books[0])))

    assert client.post(ticked(books[1]), fields).status_code == 409
    assert len(names()) == 4


def test_the_second_click_is_told_that_they_are_gone(client, books):
    fields = form_of(client.get(ticked(*books)))
    client.post(ticked(*books), fields)

    again = client.post(ticked(*books), fields)

    assertRedirects(again, "/items/", fetch_redirect_response=False)
    assertContains(client.get("/items/", headers=HTML), "These items are already deleted.")


def test_tells_what_is_gone_before_it_asks(client, books):
    Item.objects.filter(pk=books[0].pk).delete()
    some = client.get(ticked(*books))
    Item.objects.all().delete()
    none, none_found = client.get(ticked(*books)), client.get("/items/delete/?q=book&all=1")

    assertContains(some, "1 of the selected items is already deleted.")
    assertContains(none, "The selected items are already deleted.", status_code=404)
    assertContains(none_found, "There are no items here any more.", status_code=404)


@pytest.mark.parametrize("method", ["get", "post"])
def test_asks_for_ticks(client, books, method):
    response = getattr(client, method)("/items/delete/?q=book&sort=name")

    assertContains(response, "Select some rows first", status_code=422)
    assertContains(response, 'href="/items/?q=book&amp;sort=name"', status_code=422)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("id=x", "wrong item number"),
        ("id=", "wrong item number"),
        ("id=1&id=-1", "wrong item number"),
        ("id=٣", "wrong item number"),
        (f"id={10**30}", "wrong item number"),
        (f"id={2**63}", "wrong item number"),
        ("id=1%00", "wrong item number"),
        ("&".join(f"id={n}" for n in range(1, 202)), "at most 200 rows"),
        ("&".join(f"id={n}" for n in range(1, 2_000)), "not valid"),
        (f"q={'a' * (WORDS_MAX_LENGTH + 1)}&all=1", "at most 200 characters"),
    ],
    ids=lambda value: value[:20],
)
def test_refuses(client, query, told):
    assertContains(client.get(f"/items/delete/?{query}"), told, status_code=400)
    assertContains(client.post(f"/items/delete/?{query}"), told, status_code=400)


def test_needs_the_right_to_look_too(client, books, settings):
    """Else the number of hits would tell what stands in the items."""
    settings.VISITORS_MAY = ["delete"]

    assert client.get("/items/delete/?q=book&all=1").status_code == 403


def test_needs_its_token(books):
    client = Client(enforce_csrf_checks=True)
    fields = form_of(client.get(ticked(*books)))
    token = fields.pop("csrfmiddlewaretoken")

    refused = client.post(ticked(*books), fields)
    taken = client.post(ticked(*books), fields | {"csrfmiddlewaretoken": token})

    assert (refused.status_code, taken.status_code) == (403, 302)


def test_visitors_delete_no_more_than_they_may_write(client, books, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    client.defaults["HTTP_ACCEPT"] = "text/html"

    taken = confirm(client, ticked(*books[:2]))
    refused = confirm(client, "/items/delete/?all=1")

    assert taken.status_code == 302
    assertContains(refused, "Wait a minute, sign in", status_code=429)
    assert names() == ["Pen", "Book <2>"]


def test_a_visitor_who_claims_any_number_is_refused(client, books, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3

    for _ in range(3):
        rate_limit._over_limit.clear()  # as in another process
        refused = client.post(ticked(*books), {"confirmed": f"{10**18 - 1}-1"})

        assert refused.status_code == 429
    assert len(names()) == 4


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [(Busy, 409, "Perhaps you clicked twice"), (TooLong, 400, "Delete fewer at a time")],
)
def test_tells_when_it_cannot_be_now(client, books, monkeypatch, error, status, told):
    def refuse(*args):
        raise error

    fields = form_of(client.get(ticked(*books)))
    monkeypatch.setattr(bulk_delete, "delete", refuse)

    assertContains(client.post(ticked(*books), fields), told, status_code=status)
