"""The list's page while something is looked for."""

import html
import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from items.database.sql import TooLong
from items.models import Item
from items.search import list_page
from items.tests.forms import form_of
from items.tests.views.rows import make_items, names

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def test_finds_marks_and_counts(client):
    make_items(2)
    Item.objects.create(name="Café <b>", description="the nicest café")

    response = client.get("/items/?q=CAFE", headers=HTML)

    assertContains(response, "<mark>Café</mark> &lt;b&gt;")
    assertContains(response, "the nicest <mark>café</mark>")
    assertContains(response, ">1 item<")
    assertContains(response, 'name="q" value="CAFE"')
    assertContains(response, '<option value="" selected>Best match</option>')
    assertContains(response, '<option value="" selected>50</option>')


def test_shows_where_the_words_are_in_a_long_description(client):
    Item.objects.create(name="x", description="d " * 500 + "needle " + "d " * 500)

    response = client.get("/items/?q=needle", headers=HTML)

    assertContains(response, "…")
    assertContains(response, "<mark>needle</mark>")


@pytest.mark.parametrize("before", ["ß", "…", "ﬁ", "e\u0301", "\u00ad\u00ad", "½ ß\u200b"])
@pytest.mark.parametrize("times", [60, 120, 400])
def test_shows_the_words_whatever_stands_before_them(client, before, times):
    Item.objects.create(name="ß" * 60, description=f"{before} " * times + "needle, " + "z " * 300)

    page = client.get("/items/?q=needle", headers=HTML).text

    [summary] = re.findall('<td class="summary"><div dir="auto">(.*?)</div>', page, re.DOTALL)
    assert "<mark>needle</mark>" in summary
    assert len(summary) <= len("…<mark></mark>") + 200


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("½" * 150 + " needle " + "\u00ad" * 300 + "z" * 300, "needle"),
        ("\u00ad" * 200 + " needle " + "½" * 100 + "z" * 300, "needle"),
        ("d " * 300 + "needle " + "d " * 300, "steel needle"),
        ("dn9 " * 200 + " n9 " + "dn9 " * 200, "n9"),
    ],
    ids=["longer, then shorter", "shorter, then longer", "name and description", "in words"],
)
def test_shows_the_words_of_the_description(client, description, words):
    Item.objects.create(name="Steel", description=description)

    page = client.get("/items/", {"q": words}, headers=HTML).text

    [summary] = re.findall('<td class="summary"><div dir="auto">(.*?)</div>', page, re.DOTALL)
    assert f"<mark>{words.split()[-1]}</mark>" in summary


@pytest.mark.parametrize("word", ["%CC%81", "%E2%80%8B"], ids=["accent", "zero width space"])
def test_says_that_a_search_has_nothing_to_look_for(client, word):
    Item.objects.create(name="Book")

    page = client.get(f"/items/?q={word}", headers=HTML)

    assert names(page) == []
    assertContains(page, "This search has no letters, digits or signs to look for.")
    assertNotContains(page, "Add “")
    assert client.get(f"/items/?q={word}").json() == []


def test_shows_what_comes_close(client):
    Item.objects.create(name="Keyboard")

    close = client.get("/items/?q=keybaord", headers=HTML)
    nothing = client.get("/items/?q=xyzzy", headers=HTML)

    assert names(close) == ["Keyboard"]
    assertContains(close, "Did you mean")
    assert names(nothing) == []
    assertContains(nothing, "No items match")


@pytest.mark.parametrize("typed", ["xyzzy", 'a "b" & c c #1', "w1 " * 11], ids=str.split)
def test_offers_to_add_what_is_not_there(client, typed):
    page = client.get("/items/", {"q": typed}, headers=HTML)
    (address,) = re.findall(r'href="(/items/new/\?[^"]*name=.*?)"', page.text)

    assert form_of(client.get(html.unescape(address)))["name"] == typed.strip()
    assertContains(page, f"Add “{html.escape(typed.strip(), quote=True)}”")
    assert not Item.objects.exists()


def test_offers_to_add_beside_what_comes_close_to_who_may(client, settings):
    Item.objects.create(name="Keyboard")

    close = client.get("/items/?q=keybaord", headers=HTML)
    settings.VISITORS_MAY = ["view"]
    close_to_who_may_not = client.get("/items/?q=keybaord", headers=HTML)

    address = '<a class="button quiet" href="/items/new/?name=keybaord"'
    assert close.text.index("Keyboard</a>") < close.text.index(address)
    assertNotContains(close_to_who_may_not, "/items/new/")


def test_says_when_there_are_too_many_to_compare(client, monkeypatch):
    def too_many(*args):
        raise TooLong

    monkeypatch.setattr(list_page, "read_near_misses", too_many)

    response = client.get("/items/?q=keybaord", headers=HTML)

    assertContains(response, "The list is too long")


def test_refuses_more_words_than_it_takes(client):
    response = client.get(f"/items/?q={'a' * 201}", headers=HTML)

    assertContains(response, "at most 200 characters", status_code=400)


def test_a_number_with_its_sign_leads_to_the_item(client):
    item, deleted = (Item.objects.create(name=name) for name in ("Book", "Pen"))
    gone = deleted.pk
    deleted.delete()

    found = client.get(f"/items/?q=%23{item.pk}", headers=HTML)
    was_there = client.get(f"/items/?q=%23{gone}", headers=HTML, follow=True)
    never = client.get("/items/?q=%23999999999", headers=HTML)

    assert (found.status_code, found["Location"]) == (302, f"/items/{item.pk}/")
    assert was_there.status_code == 410
    assertContains(never, "There is no item 999999999.")
    assert client.get(f"/items/?q=%23{item.pk}").json() == []  # scripts search as ever


def test_a_bare_number_searches_and_links_the_item(client):
    item = Item.objects.create(name="<Book>")
    Item.objects.create(name=f"Shelf {item.pk}")

    page = client.get(f"/items/?q={item.pk}", headers=HTML)

    assertContains(page, f"Item {item.pk}: ")
    assertContains(page, "&lt;Book&gt;")
    assertContains(page, f"Shelf <mark>{item.pk}</mark>")
    assertNotContains(client.get("/items/?q=999999999", headers=HTML), "Item 999999999:")
