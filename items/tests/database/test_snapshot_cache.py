import gevent
import pytest
from django.db import OperationalError
from gevent.event import Event

from items.database import snapshot_cache
from items.database.snapshot_cache import ENTRY_SIZE, Kept, Line, Made


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
        return Made(self.thing, self.size)


@pytest.fixture(autouse=True)
def as_under_gunicorn(monkeypatch):
    monkeypatch.setattr(snapshot_cache, "is_gevent", lambda: True)


def test_a_line_is_used_by_one_at_a_time(monkeypatch):
    """Together lets the next go begin, when one hangs."""
    line, may_answer = Line(), Event()
    monkeypatch.setattr(line, "_read", lambda: may_answer.wait() and "1")
    asking = gevent.spawn(line.ask, [None])
    gevent.idle()

    assert line.ask([None, None]) == [None, None]
    assert not line.rests
    may_answer.set()
    assert asking.get() == ["1"]


def test_a_thing_is_made_once_for_a_snapshot():
    kept, make = Kept(100_000), Maker()

    things = [kept.read("list", "snapshot 1", make) for _ in range(2)]

    assert things == ["thing"] * 2
    assert make.made == 1


def test_another_snapshot_or_key_is_another_thing():
    kept = Kept(100_000)

    things = [
        kept.read(key, snapshot, Maker(f"{key} at {snapshot}"))
        for key, snapshot in (("list", "1"), ("list", "2"), ("page", "2"), ("list", "1"))
    ]

    assert things == ["list at 1", "list at 2", "page at 2", "list at 1"]


def test_who_asks_while_it_is_made_waits_for_it():
    kept, make = Kept(100_000), Maker()
    make.may.clear()
    asking = [gevent.spawn(kept.read, "list", "1", make) for _ in range(3)]
    gevent.idle()
    make.may.set()

    assert [greenlet.get() for greenlet in asking] == ["thing"] * 3
    assert make.made == 1


def test_what_fails_fails_for_all_who_waited():
    kept, make = Kept(100_000), Maker(ValueError("no such page"))
    make.may.clear()
    asking = [gevent.spawn(kept.read, "list", "1", make) for _ in range(2)]
    gevent.idle()
    make.may.set()

    for greenlet in asking:
        with pytest.raises(ValueError, match="no such page"):
            greenlet.get()
    assert make.made == 1


def test_who_is_cut_off_leaves_nobody_waiting():
    kept, make = Kept(100_000), Maker()
    make.may.clear()
    making, other = (gevent.spawn(kept.read, "list", "1", make) for _ in range(2))
    gevent.idle()

    making.kill()

    with pytest.raises(OperationalError):
        other.get()
    make.may.set()
    assert kept.read("list", "1", make) == "thing"


def test_without_a_size_it_is_not_kept():
    kept, make = Kept(100_000), Maker(size=None)

    assert [kept.read("list", "1", make) for _ in range(2)] == ["thing"] * 2
    assert make.made == 2


def test_what_was_used_longest_ago_goes_first():
    kept = Kept(3 * (ENTRY_SIZE + 100))
    makers = {name: Maker(name) for name in "abcd"}
    for name in "abc" + "a" + "d" + "acd" + "b":
        assert kept.read(name, "1", makers[name]) == name

    assert [makers[name].made for name in "abcd"] == [1, 2, 1, 1]


def test_what_is_too_large_is_not_kept():
    kept, make = Kept(ENTRY_SIZE + 99), Maker()

    for _ in range(2):
        kept.read("list", "1", make)

    assert make.made == 2
