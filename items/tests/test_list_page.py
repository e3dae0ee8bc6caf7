import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from items.listing import SIZES
from items.models import Item
from items.paging import Selection, read_page

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def names(response):
    return re.findall(r'<a href="/items/\d+/">(.*?)</a>', response.content.decode())


def link(response, rel):
    found = re.search(rf'<a rel="{rel}" href="(.*?)"', response.content.decode())
    return found and found[1]


def make_items(count):
    Item.objects.bulk_create(Item(name=f"item {n}") for n in range(count))


def test_shows_newest_first(client):
    make_items(3)

    response = client.get("/items/", headers=HTML)

    assert response.status_code == 200
    assert names(response) == ["item 2", "item 1", "item 0"]


def test_empty_list_says_what_to_do(client):
    response = client.get("/items/", headers=HTML)

    assertContains(response, '<a href="/items/new/">Add the first item</a>', html=True)


def test_escapes_what_people_wrote(client):
    Item.objects.create(name="<script>alert(1)</script>", description="<b>&")

    response = client.get("/items/", headers=HTML)

    assertContains(response, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assertNotContains(response, "<b>")


def test_walks_older_and_back(client):
    make_items(2 * SIZES[0] + 1)
    wanted = [f"item {n}" for n in reversed(range(2 * SIZES[0] + 1))]

    first = client.get("/items/", headers=HTML)
    second = client.get(link(first, "next"), headers=HTML)
    third = client.get(link(second, "next"), headers=HTML)
    again_second = client.get(link(third, "prev"), headers=HTML)
    again_first = client.get(link(again_second, "prev"), headers=HTML, follow=True)

    assert names(first) + names(second) + names(third) == wanted
    assert link(first, "prev") is None
    assert link(third, "next") is None
    assert names(again_second) == names(second)
    assert names(again_first) == names(first)
    assert again_first.redirect_chain == [("/items/", 302)]


def test_pages_hold_still_while_items_come_and_go(client):
    make_items(SIZES[0] + 1)
    first = client.get("/items/", headers=HTML)
    Item.objects.create(name="came meanwhile")
    Item.objects.get(name="item 1").delete()  # the one at which the first page ended

    second = client.get(link(first, "next"), headers=HTML)

    assert names(second) == ["item 0"]
    assert link(second, "prev")


def test_a_page_whose_items_are_gone_leads_back(client):
    make_items(2)
    cursor = read_page("id", Selection(size=1)).after
    Item.objects.filter(name="item 0").delete()

    response = client.get(f"/items/?after={cursor}", headers=HTML)

    assertContains(response, "nothing here any more")
    assertContains(response, '<a href="/items/">To the top of the list</a>', html=True)


@pytest.mark.parametrize(
    "cursor", ["x", "-1", "0", "1_0", "٣", "9" * 20, "1%00", "WyJuYW1lIiwiYSIsMV0", "W10"]
)
def test_refuses_a_cursor_that_is_none(client, cursor):
    response = client.get(f"/items/?after={cursor}", headers=HTML)

    assertContains(response, "Start at the top of the list.", status_code=400)


@pytest.mark.parametrize(
    ("count", "queries"),
    [pytest.param(1, 1, id="a page"), pytest.param(SIZES[0] + 1, 2, id="more, which are counted")],
)
def test_asks_alike_however_many(client, count, queries, django_assert_num_queries):
    make_items(count)

    with django_assert_num_queries(queries):
        client.get("/items/", headers=HTML)


def test_long_descriptions_stay_in_the_database(client):
    Item.objects.create(name="x", description="d" * 10_000)

    response = client.get("/items/", headers=HTML)

    assertNotContains(response, "d" * 201)


def test_a_browser_gets_the_page_and_curl_gets_json(client):
    browser = client.get("/items/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    curl = client.get("/items/", headers={"Accept": "*/*"})

    assert browser["Content-Type"] == "text/html; charset=utf-8"
    assert curl["Content-Type"] == "application/json"
    assert "Accept" in browser["Vary"]
    assert "Accept" in curl["Vary"]


def test_a_script_at_the_root_is_led_to_the_items(client):
    assert client.get("/")["Location"] == "/items/"
