"""Undos beside other writes, in transactions that are committed.

In a file of its own, as test_at_once.py: after each test all tables are emptied.
"""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import transaction
from django.test import Client

from items.changes.recording import recorded
from items.changes.undo import KEPT_SHOWN, undo
from items.models import ChangeSet, Item
from items.tests.at_once import apart
from items.tests.changes.history import ADA, BOB, add, delete_all, made_by, rename, sql
from items.tests.changes.test_recording import EVERYTHING, MANY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hang_up")]
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def wait_until_somebody_waits():
    while sql(WAITING)() == [(0,)]:
        pass


def test_of_four_undos_at_once_one_works_and_three_name_it():
    made = made_by(ADA, add("Book", "Pen"))
    start = Barrier(4)

    def try_it(author):
        start.wait()
        return undo(made, author)

    with ThreadPoolExecutor(4) as pool:
        told = [future.result() for future in [pool.submit(apart, try_it, ADA) for _ in range(4)]]

    [by] = ChangeSet.objects.filter(undoes_id=made)
    assert {each.change_set_id for each in told} == {by.pk}
    assert sorted(each.taken_back for each in told) == [0, 0, 0, 2]
    assert not Item.objects.exists()


def test_an_undo_waits_for_an_open_edit_and_keeps_it():
    made = made_by(ADA, add("Book", "Pen"))

    with ThreadPoolExecutor(1) as pool:
        with recorded(BOB):
            rename("Book", "Tome")()
            future = pool.submit(apart, undo, made, ADA)
            wait_until_somebody_waits()
        told = future.result()

    assert (told.removed, told.kept_count) == (1, 1)
    assert (told.kept[0].name, told.kept[0].who) == ("Tome", "bob")


def test_an_older_version_does_not_add_an_item_that_is_being_deleted(settings):
    settings.VISITORS_MAY = ["view", "change"]
    made_by(ADA, add("Book"))
    made_by(ADA, rename("Book", "Tome"))
    address = f"/items/{Item.objects.get().pk}/restore/"

    with ThreadPoolExecutor(1) as pool:
        with recorded(BOB):
            delete_all()
            future = pool.submit(
                apart,
                lambda: Client().post(address, {"version": "1"}, headers={"Accept": "text/html"}),
            )
            wait_until_somebody_waits()
        told = future.result()

    assert told.status_code == 410
    assert not Item.objects.exists()


def test_an_edit_that_waits_for_an_open_undo_is_a_conflict():
    made_by(ADA, add("Book"))
    made = made_by(ADA, rename("Book", "Tome"))
    item = Item.objects.get()
    form = {"name": "Volume", "version": str(item.version)}

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            undo(made, ADA)
            future = pool.submit(apart, Client().post, f"/items/{item.pk}/edit/", form)
            wait_until_somebody_waits()
        response = future.result()

    assert response.status_code == 409
    assert Item.objects.get().name == "Book"


def test_two_undos_that_restore_the_same_item_restore_it_once():
    """One undoes the deletion again, the other the undo of its undo: neither has a row to lock."""
    made_by(ADA, add("Book"))
    deleted = made_by(ADA, delete_all)
    deleted_again = undo(undo(deleted, ADA).change_set_id, BOB).change_set_id
    start = Barrier(2)

    def try_it(pk):
        start.wait()
        return undo(pk, ADA).taken_back

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(apart, try_it, pk) for pk in (deleted, deleted_again)]
        told = sorted(future.result() for future in futures)

    assert told == [0, 1]
    assert Item.objects.count() == 1


def test_requests_of_many_connections_keep_their_names():
    people = [ADA._replace(user_id=n, who=f"person {n}") for n in range(1, 9)]

    def write(author):
        for n in range(10):
            with recorded(author):
                Item.objects.create(name=f"{author.who}: {n}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda author: apart(write, author), people))

    names = sql(
        "SELECT who, item.name FROM items_item AS item JOIN items_change ON item_id = item.id"
        " JOIN items_changeset ON items_changeset.id = change_set_id"
    )()
    assert len(names) == 80
    assert all(name.startswith(f"{who}: ") for who, name in names)


def test_nothing_is_left_on_a_connection():
    made_by(ADA, add("Book"))
    sql(EVERYTHING)()

    assert sql("SELECT current_setting('itemsite.change_set', true)")() == [("",)]
    assert ChangeSet.objects.latest("id").way == "database"


@pytest.mark.long
def test_a_large_import_is_taken_back_but_for_what_was_edited():
    made = made_by(ADA, sql(f"SET LOCAL statement_timeout = 0; {MANY}"))
    made_by(BOB, sql("UPDATE items_item SET name = 'Tome' WHERE id % 100 = 0"))
    tracemalloc.start()

    told = undo(made, ADA)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (told.removed, told.kept_count) == (19_800, 200)
    assert {(kept.name, kept.who) for kept in told.kept} == {("Tome", "bob")}
    assert len(told.kept) == KEPT_SHOWN
    assert peak < 20_000_000  # bytes
