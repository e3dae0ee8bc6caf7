"""Something like this is already there."""

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from items.models import Item
from items.models import item as item_module
from items.models.item import SIMILAR_MAX

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch):
    monkeypatch.setattr(item_module, "SIMILAR_TIMEOUT_MS", 5_000)


@pytest.fixture
def stapler():
    Item.objects.create(name="Desk", description="with a red stapler")
    return Item.objects.create(name="Red <Stapler>")


def test_names_what_is_like_the_new_item(client, stapler):
    html = {"Accept": "text/html"}

    page = client.post("/items/new/", {"name": "red staplér"}, headers=html, follow=True)

    assertContains(page, f'already exist: <a href="/items/{stapler.id}/">Red &lt;Stapler&gt;</a>')
    assertNotContains(page, "Desk")
    assert Item.objects.count() == 3


def test_names_it_beside_a_form_with_errors(client, stapler):
    page = client.post("/items/new/", {"name": "Red stapler", "description": "d" * 10_001})

    link = f'<a href="/items/{stapler.id}/" target="_blank">Red &lt;Stapler&gt;</a>'
    assertContains(page, link, status_code=422)


def test_names_it_while_the_name_is_typed(client, stapler):
    fragment = client.get("/items/similar/?name=red+stapl%C3%A9r%00")

    link = f'<a href="/items/{stapler.id}/" target="_blank">Red &lt;Stapler&gt;</a>'
    assertContains(fragment, link)
    assertNotContains(client.get("/items/similar/?name=+"), "<a")
    assertNotContains(client.get("/items/similar/"), "<a")


@pytest.mark.parametrize(
    ("visitors_may", "name"), [(["add"], "Red stapler"), (["add", "view"], "Blue chair")]
)
def test_names_nothing(client, stapler, settings, visitors_may, name):
    settings.VISITORS_MAY = visitors_may

    client.post("/items/new/", {"name": name})

    settings.VISITORS_MAY = ["view"]
    assertNotContains(client.get("/items/", headers={"Accept": "text/html"}), "already exist")


def test_gives_the_closest_first():
    for name in ("small red stapler", "red stapler 2", *["red stapler"] * SIMILAR_MAX):
        Item.objects.create(name=name)

    assert {item.name for item in Item.objects.similar_to("Red Stapler")} == {"red stapler"}
    assert len(Item.objects.similar_to("Red Stapler")) == SIMILAR_MAX


def test_when_it_takes_long_gives_those_named_alike(stapler, monkeypatch):
    monkeypatch.setattr(item_module, "SIMILAR_TIMEOUT_MS", 50)
    monkeypatch.setattr(item_module, "TrigramSimilarity", Sleepy)
    Item.objects.create(name="RED <STAPLÉR>")

    similar = Item.objects.similar_to("red <stapler>")

    assert [item.name for item in similar] == ["Red <Stapler>", "RED <STAPLÉR>"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("5s",)


class Sleepy(models.Func):
    """Takes longer than it may."""

    template = "length(pg_sleep(10)::text)::float"

    def __init__(self, *expressions):
        super().__init__(output_field=models.FloatField())


def test_reads_an_index(stapler):
    with CaptureQueriesContext(connection) as queries:
        Item.objects.similar_to("Red stapler")
    (sql,) = [query["sql"] for query in queries if "items_item" in query["sql"]]

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = off; EXPLAIN {sql}")
        cursor.nextset()
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Bitmap Index Scan on item_name_search" in plan
