import html

import pytest
from django.contrib.auth.models import User
from pytest_django.asserts import assertContains, assertNotContains

from items.models import Item
from items.search import counting
from items.search.keyset import read_page
from items.search.selection import SIZES, Selection
from items.tests.views.rows import link, make_items, names
from items.views.item_list import SORT_LABELS

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def test_shows_newest_first(client):
    make_items(3)

    response = client.get("/items/", headers=HTML)

    assert response.status_code == 200
    assert names(response) == ["item 2", "item 1", "item 0"]


def test_empty_list_says_what_to_do(client):
    response = client.get("/items/", headers=HTML)

    assertContains(response, '<a href="/items/new/">Add the first item</a>', html=True)
    assertContains(response, '<a href="/items/import/">Import a spreadsheet</a>', html=True)
    assertContains(response, "http://testserver/items/</code>")


def test_empty_list_tells_who_may_not_add_no_way_to(client, settings):
    settings.VISITORS_MAY = ["view"]

    response = client.get("/items/", headers=HTML)
    client.force_login(User.objects.create(username="ann"))
    signed_in = client.get("/items/", headers=HTML)

    sign_in = '<a href="/accounts/login/?next=/items/">Sign in</a>'
    assertContains(response, f"<p>No items yet. {sign_in} to add some.</p>", html=True)
    assertContains(signed_in, "There are no items yet.")
    for page in (response, signed_in):
        assertNotContains(page, "/items/new/")
        assertNotContains(page, "/items/import/")


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

    assertContains(response, "no items here any more")
    assertContains(response, '<a href="/items/">To the top of the list</a>', html=True)


@pytest.mark.parametrize(
    "cursor", ["x", "-1", "0", "1_0", "٣", "9" * 20, "1%00", "WyJuYW1lIiwiYSIsMV0", "W10"]
)
def test_refuses_a_cursor_that_is_none(client, cursor):
    response = client.get(f"/items/?after={cursor}", headers=HTML)

    assertContains(response, "Start at the top of the list.", status_code=400)


@pytest.mark.parametrize(("count", "queries"), [(1, 1), (SIZES[0] + 1, 2)])
def test_asks_for_rows_and_once_for_their_number(client, count, queries, django_assert_num_queries):
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


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/json; charset=utf-8, text/html;q=0.5", "application/json"),
        ("application/json; q=0.5, text/html", "text/html; charset=utf-8"),
        ("text/html ; q=0 , application/json", "application/json"),
        ('application/json;v="1,2;q=0", text/html;q=0.5', "application/json"),
        ("application/json;q=0.4;v=1, text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("text/html;level=1, */*; q=0.1", "text/html; charset=utf-8"),
    ],
)
def test_parameters_of_accept_do_not_count(client, accept, content_type):
    assert client.get("/items/", headers={"Accept": accept})["Content-Type"] == content_type


def test_a_script_at_the_root_is_led_to_the_items(client):
    assert client.get("/")["Location"] == "/items/"


@pytest.mark.parametrize(
    "query", ["", "q=item&amp;", "q=item&amp;sort=name&amp;"], ids=["all", "best", "by name"]
)
def test_counts_further_than_is_quick_only_on_request(client, monkeypatch, query):
    for way in ("_count_all", "_count_found"):
        monkeypatch.setattr(counting, way, lambda *search: (636_712, None))
    make_items(60)
    address = "/items/?" + query.replace("&amp;", "&")

    page = client.get(address, headers=HTML)
    counted = client.get(f"{address}count=exact", headers=HTML)
    next_page = client.get(html.unescape(link(counted, "next")), headers=HTML)

    assertContains(page, "About 637,000 items")
    assertContains(page, f'href="/items/?{query}count=exact"')
    assertContains(counted, ">60 items<")
    assertContains(next_page, ">60 items<")


def test_an_estimate_far_too_low_stops_the_count(client, monkeypatch):
    monkeypatch.setattr(counting, "STOP_AT", 55)
    make_items(60)

    assertContains(client.get("/items/", headers=HTML), "About 55 items")


@pytest.mark.parametrize("sort", ["newest", "oldest", "name", "changed", "best"])
def test_the_address_holds_words_order_and_size(client, sort):
    make_items(101)
    start = f"/items/?q=item&sort={sort}&size=100"

    first = client.get(start, headers=HTML)
    second = client.get(link(first, "next").replace("&amp;", "&"), headers=HTML)
    back = client.get(link(second, "prev").replace("&amp;", "&"), headers=HTML, follow=True)

    assert len(names(first)) == 100
    assert len({*names(first), *names(second)}) == 101
    assertContains(second, "<option selected>100</option>", html=True)
    assertContains(second, f"selected>{SORT_LABELS[sort]}</option>")
    assert names(back) == names(first)


@pytest.mark.parametrize(
    "query", ["sort=price", "size=1000", "size=x", "sort=best", "q=%00", "x=1"]
)
def test_an_odd_address_shows_the_usual_list(client, query):
    make_items(2)

    assert names(client.get(f"/items/?{query}", headers=HTML)) == ["item 1", "item 0"]


def test_headers_sort_and_say_how(client):
    make_items(2)

    newest, by_name = (client.get(f"/items/{query}", headers=HTML) for query in ("", "?sort=name"))
    changed = client.get("/items/?q=item&size=100&sort=changed", headers=HTML)

    assertContains(newest, '<th scope="col"><a href="/items/?sort=name">Name</a></th>', html=True)
    assertNotContains(newest, "aria-sort")
    assertContains(by_name, '<th scope="col" aria-sort="ascending"><a href="/items/?sort=name">')
    assertContains(by_name, "aria-sort", 1)
    assertContains(changed, 'href="/items/?q=item&amp;sort=name&amp;size=100"')
    assertContains(changed, 'aria-sort="descending"')


@pytest.mark.parametrize(
    ("query", "shown"),
    [("sort=price", "newest first"), ("sort=%3Cb%3E&q=item", "best matches first")],
)
def test_says_that_an_order_does_not_exist(client, query, shown):
    make_items(1)

    wrong = client.get(f"/items/?{query}", headers=HTML)
    right = client.get("/items/?sort=best", headers=HTML)

    assertContains(wrong, "There is no sort order “")
    assertContains(wrong, f"”. Shown: {shown}.")
    assertNotContains(wrong, "<b>")
    assertNotContains(right, "There is no sort order")
