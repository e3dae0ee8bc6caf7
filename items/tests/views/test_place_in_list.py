"""The pages of an item know the list from which they were opened, and lead back to it."""

import html
import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from items.database.sql import fetch
from items.models import Item
from items.search import neighbours
from items.search.neighbours import Neighbours, read_cursor_of, read_neighbours
from items.search.selection import Selection
from items.tests.views.rows import link

HTML = {"Accept": "text/html"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamps():
    return [
        Item.objects.create(name=name, description="A lamp")
        for name in ("Lamp 10", "Lamp", "Desk", "Lamp 2")
    ]


def test_the_list_hands_its_search_on(client, lamps):
    page = client.get("/items/?q=lamp&sort=name", headers=HTML)

    assertContains(page, f'href="/items/{lamps[0].pk}/?q=lamp&amp;sort=name"')


def test_an_item_leads_back_and_to_its_neighbours(client, lamps):
    page = client.get(f"/items/{lamps[3].pk}/?q=lamp&sort=name", headers=HTML)

    back = f'<a href="/items/?q=lamp&amp;sort=name#item-{lamps[3].pk}">← Results for “lamp”</a>'
    assertContains(page, back)
    assert link(page, "prev") == f"/items/{lamps[1].pk}/?q=lamp&amp;sort=name"
    assert link(page, "next") == f"/items/{lamps[0].pk}/?q=lamp&amp;sort=name"
    for act in ("edit", "delete"):
        assertContains(page, f'href="/items/{lamps[3].pk}/{act}/?q=lamp&amp;sort=name"')


def test_saving_and_deleting_lead_back(client, lamps):
    address = f"/items/{lamps[1].pk}/"
    form = {"name": "Lamp", "description": "New", "version": 1}

    saved = client.post(f"{address}edit/?q=lamp&sort=name", form, headers=HTML)
    page = client.get(f"{address}?q=lamp&sort=name", headers=HTML)
    restored = client.post(f"{address}restore/?q=lamp&sort=name", {"version": 1}, headers=HTML)
    deleted = client.post(f"{address}delete/?q=lamp&sort=name", {"version": 3}, headers=HTML)
    added = client.post("/items/new/?q=lamp", {"name": "Lamp 3"}, headers=HTML)

    assertContains(page, f'action="{address}restore/?q=lamp&amp;sort=name"')
    assert saved["Location"] == restored["Location"] == f"{address}?q=lamp&sort=name"
    assertRedirects(deleted, "/items/?q=lamp&sort=name", fetch_redirect_response=False)
    assert added["Location"].endswith("/?q=lamp")


def test_undo_leads_back(client, lamps):
    form = {"version": 1}

    deleted = client.post(
        f"/items/{lamps[1].pk}/delete/?q=lamp&sort=name", form, headers=HTML, follow=True
    )
    undo = re.search(r'href="(/changes/[0-9]+/undo/[^"]*)"', deleted.content.decode())[1]
    undone = client.post(html.unescape(undo), headers=HTML)

    assert undone["Location"] == f"/items/{lamps[1].pk}/?q=lamp&sort=name"


def test_an_address_can_only_lead_to_the_list(client, lamps):
    page = client.get(f"/items/{lamps[0].pk}/?next=//evil.example&sort=//x&q=", headers=HTML)

    assertContains(page, f'<a href="/items/#item-{lamps[0].pk}">← Items</a>')
    assert b"evil" not in page.content.split(b"<main")[1].split(b"</main>")[0]


def around(selection, pk):
    return read_neighbours(selection, read_cursor_of(selection, pk))


def walked(selection, pk):
    """Return the ids from an item to the end of the list, and back to its beginning."""
    there = [pk]
    while (after := around(selection, there[-1])).next:
        there.append(after.next)
    back = [there[-1]]
    while (before := around(selection, back[-1])).previous:
        back.append(before.previous)
    return there, back


@pytest.mark.parametrize("sort", ["newest", "oldest", "name", "changed", "best"])
def test_neighbours_are_in_the_order_of_the_list(client, lamps, sort):
    words = ("lamp",) if sort == "best" else ()
    order = {
        "newest": [3, 2, 1, 0],
        "oldest": [0, 1, 2, 3],
        "name": [2, 1, 3, 0],
        "changed": [3, 2, 1, 0],
        "best": [
            1,
            0,
            3,
            2,
        ],  # the name is it; begins with it, by code points; only the text has it
    }[sort]
    pks = [lamps[place].pk for place in order]

    there, back = walked(Selection(words, sort), pks[0])

    assert (there, back) == (pks, pks[::-1])


def test_an_item_without_a_place_has_no_neighbours(lamps):
    nothing = Neighbours(None, None)

    assert around(Selection(("zebra",), "best"), lamps[0].pk) == nothing
    assert around(Selection((".",), "best", typed="."), lamps[0].pk) == nothing
    assert around(Selection(), 10**9) == nothing


def test_neighbours_are_not_waited_for(client, lamps, monkeypatch):
    monkeypatch.setattr(neighbours, "TIMEOUT_MS", 20)
    monkeypatch.setattr(neighbours, "fetch", lambda *args: fetch("SELECT pg_sleep(5)", ()))

    page = client.get(f"/items/{lamps[3].pk}/?q=lamp&sort=name", headers=HTML)

    assertContains(page, "<h1>Lamp 2</h1>")
    assertNotContains(page, 'rel="next"')


def test_a_field_called_like_a_parameter_is_not_filled_with_it(client, monkeypatch):
    monkeypatch.setattr("items.views.item_forms.WRITABLE", ["name", "description", "size"])

    page = client.get("/items/new/?size=100&name=Lamp", headers=HTML)

    assertContains(page, 'value="Lamp"')
    assert "size" not in page.context["form"].initial


@pytest.mark.parametrize("query", ["q=lamp", "sort=changed", "sort=name"])
def test_the_next_item_is_the_same_after_a_change_that_moves_the_item(client, lamps, query):
    """In these orders the item is elsewhere after the change, or no longer in the list."""
    item = lamps[1]
    address = f"/items/{item.pk}/"
    before = link(client.get(f"{address}?{query}", headers=HTML), "next")
    form = client.get(f"{address}edit/?{query}", headers=HTML)
    action = html.unescape(
        re.search('<form class="stack" method="post" action="(.*?)"', form.text)[1]
    )

    saved = client.post(action, {"name": "Zebra", "description": "", "version": 1}, headers=HTML)
    after = client.get(saved["Location"], headers=HTML)

    assert before
    assert link(after, "next") == before
    assertContains(after, f"/edit/?{html.escape(query)}&amp;at=")


@pytest.mark.parametrize("page", ["", "edit/", "delete/"])
def test_a_damaged_cursor_is_left_out(client, lamps, page):
    response = client.get(f"/items/{lamps[0].pk}/{page}?q=lamp&after=nonsense&at=x", headers=HTML)

    assert response.status_code == 200
    assert b"nonsense" not in response.content.split(b"<main")[1].split(b"</main>")[0]


def test_an_undo_keeps_the_place(client, lamps):
    address = f"/items/{lamps[1].pk}/"
    form = {"name": "Lamp", "description": "New", "version": 1}
    saved = client.post(f"{address}edit/?q=lamp&sort=name", form, headers=HTML)
    page = client.get(saved["Location"], headers=HTML)
    undo = html.unescape(re.search(r'href="(/changes/\d+/undo/.*?)"', page.text)[1])

    undone = client.post(undo, headers=HTML)

    assert undone["Location"] == f"{address}?q=lamp&sort=name"
