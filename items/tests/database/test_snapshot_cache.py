from unittest.mock import Mock

import gevent
import pytest
from django.db import OperationalError
from gevent.event import Event

from items.database import snapshot_cache
from items.database.snapshot_cache import ENTRY_SIZE, Cache, Result, Snapshot, SnapshotConnection

SERVER = ("a server", "its start")
ONE = Snapshot("1", SERVER)


class Maker:
    """Makes a thing when it may, and counts how often."""

    def __init__(self, thing="thing", size=100):
        self.made = 0
        self.thing, self.size = thing, size
        self.may = Event()
        self.may.set()

    def __call__(self):
        self.made += 1
        self.may.wait()
        if isinstance(self.thing, Exception):
            raise self.thing
        return Result(self.thing, self.size)


@pytest.fixture(autouse=True)
def as_under_gunicorn(monkeypatch):
    monkeypatch.setattr(snapshot_cache, "is_gevent", lambda: True)
    monkeypatch.setattr(snapshot_cache, "_server_of", lambda conn: SERVER)
    monkeypatch.setattr(snapshot_cache, "connection", Mock())


@pytest.fixture
def snapshots(monkeypatch):
    """A connection whose questions are answered when the test lets them."""
    snapshots = SnapshotConnection()
    snapshots.asked, snapshots.may_answer = 0, Event()

    def ask():
        snapshots.asked += 1
        number = snapshots.asked
        snapshots.may_answer.wait()
        return Snapshot(str(number), SERVER)

    monkeypatch.setattr(snapshots, "_ask", ask)
    return snapshots


def test_requests_share_the_question_that_is_asked_after_they_came(snapshots):
    first = gevent.spawn(snapshots.snapshot)
    gevent.idle()
    later = [gevent.spawn(snapshots.snapshot) for _ in range(3)]
    gevent.idle()
    snapshots.may_answer.set()

    assert first.get().name == "1"
    assert {one.get().name for one in later} == {"2"}


def test_nobody_waits_long_for_a_question_that_hangs(snapshots, monkeypatch):
    monkeypatch.setattr(snapshot_cache, "PATIENCE_SECONDS", 0.01)
    hanging = gevent.spawn(snapshots.snapshot)
    gevent.idle()

    assert snapshots.snapshot() is None
    snapshots.may_answer.set()
    assert hanging.get().name == "1"


def test_a_request_that_is_cut_off_while_it_asks_leaves_nobody_waiting(snapshots):
    asking = gevent.spawn(snapshots.snapshot)
    gevent.idle()
    leading, joined = (gevent.spawn(snapshots.snapshot) for _ in range(2))
    gevent.idle()

    leading.kill()
    assert joined.get() is None
    asking.kill()
    snapshots.may_answer.set()
    assert snapshots.snapshot().name == "2"


def test_a_thing_is_made_once_for_a_snapshot():
    cache, make = Cache(100_000), Maker()

    things = [cache.get("list", ONE, make) for _ in range(2)]

    assert things == ["thing"] * 2
    assert make.made == 1


def test_another_snapshot_or_key_is_another_thing():
    cache = Cache(100_000)

    things = [
        cache.get(key, Snapshot(snapshot, SERVER), Maker(f"{key} at {snapshot}"))
        for key, snapshot in (("list", "1"), ("list", "2"), ("page", "2"), ("list", "1"))
    ]

    assert things == ["list at 1", "list at 2", "page at 2", "list at 1"]


def test_who_asks_while_it_is_made_waits_for_it():
    cache, make = Cache(100_000), Maker()
    make.may.clear()
    asking = [gevent.spawn(cache.get, "list", ONE, make) for _ in range(3)]
    gevent.idle()
    make.may.set()

    assert [greenlet.get() for greenlet in asking] == ["thing"] * 3
    assert make.made == 1


def test_what_fails_fails_for_all_who_waited():
    cache, make = Cache(100_000), Maker(ValueError("no such page"))
    make.may.clear()
    asking = [gevent.spawn(cache.get, "list", ONE, make) for _ in range(2)]
    gevent.idle()
    make.may.set()

    for greenlet in asking:
        with pytest.raises(ValueError, match="no such page"):
            greenlet.get()
    assert make.made == 1


def test_who_is_cut_off_leaves_nobody_waiting():
    cache, make = Cache(100_000), Maker()
    make.may.clear()
    making, other = (gevent.spawn(cache.get, "list", ONE, make) for _ in range(2))
    gevent.idle()

    making.kill()

    with pytest.raises(OperationalError):
        other.get()
    make.may.set()
    assert cache.get("list", ONE, make) == "thing"


def test_without_a_size_it_is_not_kept():
    cache, make = Cache(100_000), Maker(size=None)

    assert [cache.get("list", ONE, make) for _ in range(2)] == ["thing"] * 2
    assert make.made == 2


def test_what_was_used_longest_ago_goes_first():
    cache = Cache(3 * (ENTRY_SIZE + 200))
    makers = {name: Maker(name) for name in "abcd"}
    for name in "abc" + "a" + "d" + "acd" + "b":
        assert cache.get(name, ONE, makers[name]) == name

    assert [makers[name].made for name in "abcd"] == [1, 2, 1, 1]


def test_long_keys_take_room_too():
    cache, make = Cache(100_000), Maker()
    keys = [f"{n}{'x' * 20_000}" for n in range(5)]

    for key in [*keys, keys[0]]:
        cache.get(key, ONE, make)

    assert make.made == 6


def test_what_is_too_large_is_not_kept():
    cache, make = Cache(ENTRY_SIZE + 99), Maker()

    for _ in range(2):
        cache.get("list", ONE, make)

    assert make.made == 2


def test_what_another_server_was_read_from_is_not_kept():
    cache, make = Cache(100_000), Maker()
    moved = Snapshot("1", ("another server", "its start"))

    for _ in range(2):
        cache.get("list", moved, make)

    assert make.made == 2
