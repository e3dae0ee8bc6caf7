"""The list over JSON: pages, orders, words, counts."""

import gzip
import json
from urllib.parse import urlencode

import pytest
from pytest_django.asserts import assertContains

from items.api.links import LINK_MAX
from items.models import Item
from items.search.selection import pack_text
from items.search.sorting import ORDERS
from items.tests.api.calls import links, problem

pytestmark = pytest.mark.django_db


def names(response):
    return [item["name"] for item in response.json()]


def walk(client, url, rel="next"):
    """Return the names on each page from a URL on, and the URL of the last page."""
    pages = []
    while url:
        last, response = url, client.get(url)
        assert response.status_code == 200
        pages.append(names(response))
        url = links(response).get(rel)
    return pages, last


def flat(pages):
    return [name for page in pages for name in page]


def test_lists_newest_first_and_links_the_pages(client):
    Item.objects.bulk_create(Item(name=f"item {n}") for n in range(5))

    first = client.get("/items/?limit=3")
    second = client.get(links(first)["next"])
    again = client.get(links(second)["prev"])

    assert names(first) == ["item 4", "item 3", "item 2"]
    assert links(first)["next"].startswith("/items/?limit=3&after=")
    assert "prev" not in links(first)
    assert names(second) == ["item 1", "item 0"]
    assert "next" not in links(second)
    assert names(again) == names(first)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["éclair", "Zoo", "apple", "Éclair", "apple", "Banana"]),
        ("oldest", ["Banana", "apple", "Éclair", "apple", "Zoo", "éclair"]),
        ("name", ["apple", "apple", "Banana", "Éclair", "éclair", "Zoo"]),
        ("changed", ["Banana", "éclair", "Zoo", "apple", "Éclair", "apple"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 6])
def test_sorts_and_walks_both_ways(client, sort, order, limit):
    for name in ["Banana", "apple", "Éclair", "apple", "Zoo", "éclair"]:
        Item.objects.create(name=name)
    Item.objects.filter(name="Banana").update(description="changed last")

    forth, last = walk(client, f"/items/?sort={sort}&limit={limit}")
    back, _ = walk(client, last, rel="prev")

    assert flat(forth) == order
    assert flat(reversed(back)) == order


@pytest.mark.parametrize("sort", ["newest", "oldest", "name", "changed"])
def test_what_stays_is_met_once_while_items_come_and_go(client, sort):
    Item.objects.bulk_create(Item(name=f"stays {n}") for n in range(20))
    Item.objects.bulk_create(Item(name=f"goes {n}") for n in range(20))
    url, met = f"/items/?sort={sort}&limit=3", []

    while url:
        response = client.get(url)
        met += names(response)
        url = links(response).get("next")
        going = Item.objects.filter(name__startswith="goes").values("pk")[:1]
        Item.objects.filter(pk__in=going).delete()
        if len(met) < 60:
            Item.objects.create(name=f"came {len(met)}")

    assert sorted(name for name in met if name.startswith("stays")) == sorted(
        f"stays {n}" for n in range(20)
    )
    assert len([name for name in met if name.startswith("goes")]) == len(
        {name for name in met if name.startswith("goes")}
    )


def test_finds_by_words(client):
    Item.objects.bulk_create([Item(name="Café Book"), Item(name="Book"), Item(name="Pen")])

    assert names(client.get("/items/?q=book+cafe")) == ["Café Book"]
    assert flat(walk(client, "/items/?q=book&limit=1")[0]) == ["Book", "Café Book"]


def test_counts_when_asked(client):
    Item.objects.bulk_create([Item(name="Book"), Item(name="Pen")])

    asked = client.get("/items/?limit=1&q=book", headers={"Prefer": "count=exact"})

    assert asked["X-Total-Count"] == "1"
    assert asked["Preference-Applied"] == "count=exact"
    assert "X-Total-Count" not in client.get("/items/")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("sort=price", "sort must be one of: newest, oldest, name, changed, best."),
        ("limit=1&limit=2", "limit was sent twice."),
        ("q=%00", "q: null characters"),
        ("q=" + "w" * 201, "The search is too long. Use at most 200 characters."),
        ("after=a&before=b", "not both"),
        ("q=a&q_base64=Yg", "not both"),
        ("q_base64=_w", "q_base64 is wrong."),
        ("q_base64=a", "q_base64 is wrong."),
        ("q_base64=!!!!", "q_base64 is wrong."),
        ("q_base64=\xfc", "q_base64 is wrong."),
    ],
)
def test_refuses_parameters_and_names_them(client, query, sentence):
    assert sentence in problem(client.get(f"/items/?{query}"), 400)["detail"]


def test_refuses_a_cursor_of_another_order(client):
    Item.objects.bulk_create(Item(name="x") for _ in range(2))
    url = links(client.get("/items/?sort=name&limit=1"))["next"]

    problem(client.get(url.replace("sort=name", "sort=changed")), 400)


def test_large_answers_are_compressed_for_those_who_say_so(client):
    Item.objects.bulk_create(Item(name="x" * 100) for _ in range(100))

    compressed = client.get("/items/", headers={"Accept-Encoding": "gzip"})

    assert json.loads(gzip.decompress(compressed.content)) == client.get("/items/").json()
    assert "Accept-Encoding" in compressed["Vary"]


def test_lists_a_hundred_unless_told(client):
    Item.objects.bulk_create(Item(name="x") for _ in range(101))

    assert len(client.get("/items/").json()) == 100
    assert len(client.get("/items/?limit=1000").json()) == 101


def test_lists_in_one_query(client, django_assert_num_queries):
    Item.objects.create(name="Book")

    with django_assert_num_queries(1):
        client.get("/items/")


def test_an_empty_list_is_an_empty_array(client):
    assert client.get("/items/").content == b"[]\n"


@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "1e3", "", "x", "5%00", "٣", "9" * 4000, "%2B5"]
)
def test_refuses_a_limit_that_is_none(client, limit):
    assert "limit must be" in problem(client.get(f"/items/?limit={limit}"), 400)["detail"]


@pytest.mark.parametrize("after", ["0", "x", "%00", "9" * 20])
def test_refuses_a_cursor_that_is_none(client, after):
    assert (
        "Copy it from the Link header"
        in problem(client.get(f"/items/?after={after}"), 400)["detail"]
    )


def test_refuses_parameters_it_does_not_know(client):
    assert "offset" in problem(client.get("/items/?offset=100"), 400)["detail"]


LONG = "\U0001f600" * 200  # the longest search: 200 characters of 4 bytes, 2,400 bytes in %XX


@pytest.mark.parametrize("sort", ORDERS)
def test_headers_stay_short_enough_for_proxies(client, sort):
    Item.objects.bulk_create(Item(name=LONG) for _ in range(5))
    url, met = f"/items/?{urlencode({'q': LONG, 'sort': sort, 'limit': 2})}", []

    while url:
        response = client.get(url, headers={"Prefer": "count=exact"})
        head = "".join(f"{name}: {value}\r\n" for name, value in response.items())
        met.append((len(names(response)), sorted(links(response)), len(head) < 3400))
        url = links(response).get("next")

    middle = ["next"] if sort in ("name", "best") else ["next", "prev"]  # whose cursors are short
    assert met == [(2, ["next"], True), (2, middle, True), (1, ["prev"], True)]


def test_both_links_stay_where_they_fit(client):
    Item.objects.bulk_create(Item(name=LONG[:120]) for _ in range(3))
    first = client.get(f"/items/?{urlencode({'q': LONG[:120], 'sort': 'name', 'limit': 1})}")

    second = client.get(links(first)["next"])
    again = client.get(links(second)["prev"])

    assert len(second["Link"]) <= LINK_MAX
    assert again.json() == first.json()


def test_a_packed_search_opens_the_page_too(client):
    Item.objects.create(name="Café")

    page = client.get(f"/items/?q_base64={pack_text('Café')}", headers={"Accept": "text/html"})

    assertContains(page, 'name="q" value="Café"')
    assertContains(page, '<a href="/items/')


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", ["/items/?limit=1&_=1699", "/items/{id}/?_=1699", "/docs/?_=1699"])
def test_a_cache_buster_is_ignored(client, path, accept):
    Item.objects.create(name="Book")
    item = Item.objects.create(name="Pen")

    response = client.get(path.format(id=item.pk), headers={"Accept": accept})

    assert response.status_code == 200
    assert "_=" not in response.get("Link", "")
