"""Limits on wrong keys and on what visitors write: 429, and nothing asked for reading."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from pytest_django.asserts import assertContains

from items.access import rate_limit
from items.access.rate_limit import Limit
from items.models import ApiKey, Item, Tally

pytestmark = pytest.mark.django_db
BOOK = '{"name": "Book"}'
WRONG = {"Authorization": "Bearer wrong"}
LIMIT = Limit("tries", 2, 60)


@pytest.fixture(autouse=True)
def few(settings):
    settings.VISITOR_WRITES_PER_MINUTE = settings.FAILED_KEYS_PER_MINUTE = 2


def post(client, address="192.0.2.1", **headers):
    return client.post("/items/", BOOK, "application/json", headers=headers, REMOTE_ADDR=address)


def end_windows(monkeypatch):
    Tally.objects.update(ends_at=Now() - timedelta(seconds=1))
    monkeypatch.setattr(rate_limit, "_over_limit", {})  # as in another process


def test_visitors_write_only_so_often(client):
    taken = [post(client).status_code for _ in range(2)]
    refused = post(client)

    assert taken == [201, 201]
    assert refused.status_code == refused.json()["status"] == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert Item.objects.count() == 2


@pytest.mark.parametrize("path", ["/items/", "/items/import/"])
def test_over_the_limit_no_body_is_parsed(client, path):
    for _ in range(3):
        post(client)

    refused = client.post(path, "{" * 1000, "application/json", REMOTE_ADDR="192.0.2.1")

    assert refused.status_code == 429


def test_forms_count_like_json(client):
    html = {"Accept": "text/html"}
    post(client, "127.0.0.1")
    client.post("/items/new/", {"name": "Book"})

    refused = client.post("/items/new/", {"name": "Book"}, headers=html)

    assertContains(refused, "Wait a minute, sign in, or send an API key.", status_code=429)
    assertContains(refused, 'value="Book"', status_code=429)
    assert refused["Retry-After"]
    assert client.get("/items/new/", headers=html).status_code == 200
    assert Item.objects.count() == 2


def test_an_array_counts_as_what_it_holds(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 5

    statuses = [
        client.post("/items/", f"[{', '.join([BOOK] * size)}]", "application/json").status_code
        for size in (3, 2, 1)
    ]

    assert statuses == [201, 201, 429]
    assert Item.objects.count() == 5


def test_tells_when_waiting_will_not_help(client):
    refused = client.post("/items/", f"[{BOOK}, {BOOK}, {BOOK}]", "application/json")

    assert refused.status_code == 429
    assert "at most 2 items a minute" in refused.json()["detail"]


def test_each_address_has_its_own_limit(client):
    for _ in range(3):
        post(client)

    assert post(client, "192.0.2.2").status_code == 201


def test_whoever_is_known_is_not_limited(client):
    user = User.objects.create_superuser("ada")
    bearer = {"Authorization": f"Bearer {ApiKey(user=user, name='x').issue()}"}
    people = Client()
    people.force_login(user)

    assert [post(client, **bearer).status_code for _ in range(3)] == [201] * 3
    assert [people.post("/items/new/", {"name": "x"}).status_code for _ in range(3)] == [302] * 3
    assert not Tally.objects.exists()


def test_wrong_keys_are_taken_only_so_often(client):
    key = ApiKey(user=User.objects.create_superuser("ada"), name="x").issue()
    refused = [client.get("/items/", headers=WRONG).status_code for _ in range(3)]
    right = client.get("/items/", headers={"Authorization": f"Bearer {key}"})

    assert refused == [401, 401, 429]
    assert client.get("/items/", headers=WRONG)["Retry-After"]
    assert right.status_code == 200
    assert client.get("/items/").status_code == 200


def test_costs_reading_nothing_and_a_write_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/items/")
    with django_assert_num_queries(2):
        post(client)


def test_beyond_the_limit_nothing_is_asked(client, django_assert_num_queries):
    for _ in range(3):
        client.get("/items/", headers=WRONG)

    with django_assert_num_queries(0):
        assert client.get("/items/", headers=WRONG).status_code == 429


@pytest.mark.parametrize("per_minute", [0, 100])
def test_a_setting_loosens_it(client, settings, per_minute):
    settings.VISITOR_WRITES_PER_MINUTE = settings.FAILED_KEYS_PER_MINUTE = per_minute

    assert {post(client).status_code for _ in range(5)} == {201}
    assert {client.get("/items/", headers=WRONG).status_code for _ in range(5)} == {401}
    assert Tally.objects.exists() is bool(per_minute)


def test_begins_anew_when_the_window_ends(monkeypatch):
    told = [rate_limit.count(LIMIT, "ada") for _ in range(3)]
    end_windows(monkeypatch)

    assert told[:2] == [0, 0]
    assert told[2] > 0
    assert [rate_limit.count(LIMIT, "ada") for _ in range(2)] == [0, 0]
    assert rate_limit.count(LIMIT, "ada") > 0


def test_the_window_does_not_grow_with_tries():
    for _ in range(3):
        rate_limit.count(LIMIT, "ada")
    Tally.objects.update(ends_at=Now() + timedelta(seconds=5))
    rate_limit._over_limit.clear()  # as in another process

    assert rate_limit.count(LIMIT, "ada") <= 10


def test_ended_windows_are_swept(monkeypatch):
    for n in range(5):
        rate_limit.count(LIMIT, f"stranger {n}")
    end_windows(monkeypatch)

    rate_limit.count(LIMIT, "ada")

    assert Tally.objects.count() == 1


def test_a_crash_may_empty_the_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'items_tally'")
        (persistence,) = cursor.fetchone()

    assert persistence == "u"
