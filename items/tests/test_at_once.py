"""What happens at the same moment, in transactions that are committed.

In a file of its own: after each of these pytest-django empties all tables, those too that
migrations filled, so no other test with the database may follow in this process.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from items import bulk, limits
from items.limits import Limit
from items.models import Item
from items.statements import Busy
from items.tests.test_limits import LIMIT, end_windows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books():
    """Return three items, beside one more."""
    Item.objects.create(name="Pen")
    return [Item.objects.create(name=f"Book {n}") for n in range(3)]


def test_waits_for_nobody_for_long(books):
    """Somebody writes one of them, and takes longer than a lock may."""
    choice = bulk.Choice(None, tuple(book.pk for book in books))
    confirmed = bulk.fingerprint(choice)

    def delete():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10ms'")
        try:
            bulk.delete(choice, confirmed)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Item.objects.filter(pk=books[0].pk).update(name="Tome")
        with pytest.raises(Busy):
            pool.submit(delete).result()


def test_of_two_at_once_one_deletes(books):
    choice = bulk.Choice(None, tuple(book.pk for book in books))
    confirmed, start = bulk.fingerprint(choice), Barrier(2)

    def delete(_):
        start.wait()
        try:
            return bulk.delete(choice, confirmed)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(delete, range(2))) == {confirmed, bulk.NOTHING}
    assert Item.objects.get().name == "Pen"


def test_tries_at_once_are_all_counted():
    def count(_):
        try:
            return limits.count(Limit("tries", 5, 60), "ada")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(count, range(20)))

    assert told.count(0) == 5


def test_those_who_sweep_do_not_wait_for_each_other(monkeypatch):
    people = [str(n) for n in range(40)]

    def count(who):
        try:
            return limits.count(LIMIT, who)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            told = list(pool.map(count, people))
            end_windows(monkeypatch)

    assert told == [0] * len(people)
