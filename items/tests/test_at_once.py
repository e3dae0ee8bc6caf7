"""What happens at the same moment, in transactions that are committed.

In a file of its own: after each of these pytest-django empties all tables, those too that
migrations filled, so no other test with the database may follow in this process.
"""

import gzip
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from items.access import rate_limit
from items.access.rate_limit import Limit
from items.changes import bulk_delete
from items.database import snapshot_cache
from items.database.sql import Busy
from items.models import Item
from items.tests.access.test_rate_limit import LIMIT, end_windows
from items.tests.at_once import apart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hang_up")]


@pytest.fixture
def books():
    """Return three items, beside one more."""
    Item.objects.create(name="Pen")
    return [Item.objects.create(name=f"Book {n}") for n in range(3)]


def test_waits_for_nobody_for_long(books):
    """Somebody writes one of them, and takes longer than a lock may."""
    choice = bulk_delete.Choice(None, tuple(book.pk for book in books))
    confirmed = bulk_delete.fingerprint(choice)

    def delete():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10ms'")
        try:
            bulk_delete.delete(choice, confirmed)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Item.objects.filter(pk=books[0].pk).update(name="Tome")
        with pytest.raises(Busy):
            pool.submit(delete).result()


def test_of_two_at_once_one_deletes(books):
    choice = bulk_delete.Choice(None, tuple(book.pk for book in books))
    confirmed, start = bulk_delete.fingerprint(choice), Barrier(2)

    def delete(_):
        start.wait()
        try:
            return bulk_delete.delete(choice, confirmed)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(delete, range(2))) == {confirmed, bulk_delete.NOTHING}
    assert Item.objects.get().name == "Pen"


def test_tries_at_once_are_all_counted():
    def count(_):
        try:
            return rate_limit.count(Limit("tries", 5, 60), "ada")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(count, range(20)))

    assert told.count(0) == 5


def test_those_who_sweep_do_not_wait_for_each_other(monkeypatch):
    people = [str(n) for n in range(40)]

    def count(who):
        try:
            return rate_limit.count(LIMIT, who)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            told = list(pool.map(count, people))
            end_windows(monkeypatch)

    assert told == [0] * len(people)


DOORS = [pytest.param("*/*", id="JSON"), pytest.param("text/html", id="page")]


@pytest.mark.parametrize("accept", DOORS)
def test_a_list_is_kept_until_somebody_commits(client, accept, books):
    def shown():
        text = client.get("/items/", headers={"Accept": accept}).content.decode()
        return {name for name in ("Pen", "Tome", "Cup") if name in text}

    def is_kept():
        with CaptureQueriesContext(connection) as queries:
            assert shown() == {"Pen"}
        return not queries

    assert any(is_kept() for _ in range(100))  # other tests commit too, on the same server
    with ThreadPoolExecutor(1) as another, transaction.atomic():
        Item.objects.filter(name="Pen").update(name="Tome")
        assert another.submit(apart, shown).result() == {"Pen"}
    assert shown() == {"Tome"}
    Item.objects.create(name="Cup")
    assert shown() == {"Tome", "Cup"}
    Item.objects.all().delete()
    assert shown() == set()


def test_an_error_and_a_standby_keep_nothing(monkeypatch):
    for sql in ("SELECT nothing", "SELECT 'a standby tells nothing' WHERE FALSE"):
        with monkeypatch.context() as patch:
            patch.setattr(snapshot_cache, "SNAPSHOT", sql)
            assert snapshot_cache.SNAPSHOTS.snapshot() is None
        assert snapshot_cache.SNAPSHOTS.snapshot() is None  # for a moment, nobody is asked
        snapshot_cache.SNAPSHOTS._paused_until = 0

    assert snapshot_cache.SNAPSHOTS.snapshot()


def test_a_lost_connection_is_replaced():
    def told():
        snapshot_cache.SNAPSHOTS._paused_until = 0
        return snapshot_cache.SNAPSHOTS.snapshot()

    assert told()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert told() is None
    assert any(told() for _ in range(10))  # the pool had lost others too


def test_within_a_transaction_nothing_is_kept(client):
    """Its own changes are in no snapshot."""
    client.get("/items/")

    with transaction.atomic():
        Item.objects.create(name="Cup")
        assert "Cup" in client.get("/items/").content.decode()
        transaction.set_rollback(True)

    assert client.get("/items/").json() == []


DARK = f"{settings.THEME_COOKIE_NAME}=dark"
DIFFERENCES = [  # the door, the path, and what is asked with another header
    pytest.param("*/*", "/items/", {"Prefer": "count=exact"}, id="count"),
    pytest.param("*/*", "/items/", {"Accept-Encoding": "gzip"}, id="gzip"),
    pytest.param("text/html", "/items/", {"Host": "127.0.0.1"}, id="host of a line to copy"),
    pytest.param("text/html", "/items/", {"Accept-Language": "de"}, id="language"),
    pytest.param("text/html", "/items/", {"Cookie": DARK}, id="theme"),
]


@pytest.mark.parametrize(("accept", "path", "different"), DIFFERENCES)
def test_a_kept_answer_is_for_who_asks_the_same(client, books, accept, path, different):
    Item.objects.create(name="Lamp", description="d" * 500)  # so that gzip is worth it

    def answer(**headers):
        response = client.get(path, headers={"Accept": accept, **headers})
        content = response.content
        if "Content-Encoding" in response:
            content = gzip.decompress(content)
        del response["X-Request-Id"], response["Content-Length"]  # gzip adds a random name
        return response.status_code, dict(response.headers), content

    first, other = answer(), answer(**different)

    assert first != other
    assert answer() == first
    assert answer(**different) == other


def test_a_kept_page_is_for_who_may_do_the_same(client, settings, books):
    def offers():
        page = client.get("/items/", headers={"Accept": "text/html"}).content.decode()
        return "/items/new/" in page, "/items/delete/" in page

    seen = {}
    for allowed in (["view"], ["view", "add"], ["view", "delete"], ["view"]):
        settings.VISITORS_MAY = allowed
        seen[tuple(allowed)] = offers()

    assert seen == {
        ("view",): (False, False),
        ("view", "add"): (True, False),
        ("view", "delete"): (False, True),
    }


def test_a_kept_page_shows_nobody_elses_name_theme_or_language(books):
    html = {"Accept": "text/html"}
    stranger, signed_in, dark = Client(headers=html), Client(headers=html), Client(headers=html)
    signed_in.force_login(User.objects.create_user("ada"))
    dark.cookies[settings.THEME_COOKIE_NAME] = "dark"
    german = Client(headers=html | {"Accept-Language": "de"})

    pages = {
        name: [client.get("/items/").text for _ in range(2)]
        for name, client in {"ada": signed_in, "a": stranger, "dark": dark, "de": german}.items()
    }
    Item.objects.create(name="Vase")
    later = stranger.get("/items/").text

    assert all("ada" in page for page in pages["ada"])
    assert not any("ada" in page for name in ("a", "dark", "de") for page in pages[name])
    assert all('data-theme="dark"' in page for page in pages["dark"])
    assert all('lang="de" data' in page for page in pages["de"])
    assert all('lang="en" data-theme="system"' in page for page in pages["a"])
    assert "Vase" in later


def test_the_admin_sets_a_password_in_a_transaction(admin_client, django_user_model):
    eva = django_user_model.objects.create_user("eva")
    new = {"usable_password": "true", "password1": "a-new-secret-7", "password2": "a-new-secret-7"}

    admin_client.post(f"/admin/auth/user/{eva.pk}/password/", new)

    eva.refresh_from_db()
    assert eva.check_password("a-new-secret-7")
