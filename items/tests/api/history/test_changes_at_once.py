"""The list of change sets while others write, in transactions that are committed.

In a file of its own, as test_at_once.py: after each test all tables are emptied.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection
from django.test import Client

from items.models import ChangeSet, Item
from items.tests.api.calls import ids, links, send, take_back
from items.tests.at_once import apart
from items.tests.changes.history import ADA, add, made_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hang_up")]


def write_until(end):
    try:
        while not end.is_set():
            assert send(Client(), "POST", "/items/", {"name": "Pen"}).status_code == 201
    finally:
        connection.close()


def walk(client, url):
    """Return the ids on all pages from a URL on."""
    met = []
    while url:
        response = client.get(url)
        met += ids(response)
        url = links(response).get("next")
    return met


@pytest.mark.long
def test_pages_meet_all_and_none_twice_while_others_write(client):
    before = {made_by(ADA, add(f"Book {n}")) for n in range(300)}
    end = Event()

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write_until, end) for _ in range(2)]
        try:
            walks = [walk(client, f"/changes/?limit={limit}") for limit in (7, 50)]
        finally:
            end.set()
        for writer in writers:
            writer.result()

    for met in walks:
        assert met == sorted(set(met), reverse=True)
        assert before <= set(met)
    assert ChangeSet.objects.count() > 300


def test_of_two_undos_over_json_at_once_the_second_names_the_first(client):
    made = made_by(ADA, add("Book", "Pen"))

    with ThreadPoolExecutor(4) as pool:
        undos = [pool.submit(apart, take_back, Client(), made) for _ in range(4)]
        told = [undo.result().json() for undo in undos]

    [by] = ChangeSet.objects.filter(undoes_id=made)
    assert {each["change_set"] for each in told} == {by.pk}
    assert sorted(each["removed"] for each in told) == [0, 0, 0, 2]
    assert not Item.objects.exists()
