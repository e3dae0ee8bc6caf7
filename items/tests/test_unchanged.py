import gevent
import pytest
from django.db import OperationalError
from gevent.event import Event

from items import unchanged
from items.unchanged import ENTRY_SIZE, Kept, Question


class Server:
    """Stands in for PostgreSQL: numbers its snapshots, and answers when it may."""

    def __init__(self):
        self.asked = 0
        self.may_answer = Event()
        self.may_answer.set()

    def fetch(self, sql, parameters):
        self.asked += 1
        number = self.asked
        self.may_answer.wait()
        return [(f"snapshot {number}",)]


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setattr(unchanged, "fetch", server.fetch)
    return server


def answers(*greenlets):
    gevent.joinall(greenlets, raise_error=True)
    return [greenlet.value for greenlet in greenlets]


def test_who_comes_at_once_shares_a_question(server):
    question = Question()

    told = answers(*(gevent.spawn(question.ask) for _ in range(5)))

    assert told == ["snapshot 1"] * 5
    assert server.asked == 1


def test_who_comes_after_it_was_sent_asks_anew(server):
    """Somebody may have committed between."""
    question = Question()
    server.may_answer.clear()
    first = gevent.spawn(question.ask)
    gevent.idle()  # it is sent
    later = [gevent.spawn(question.ask) for _ in range(2)]
    gevent.idle()
    server.may_answer.set()

    assert answers(first, *later) == ["snapshot 1", "snapshot 2", "snapshot 2"]


def test_an_error_keeps_nothing_and_passes(server, monkeypatch):
    def fail(sql, parameters):
        raise OperationalError

    question = Question()
    with monkeypatch.context() as patch:
        patch.setattr(unchanged, "fetch", fail)
        told = answers(*(gevent.spawn(question.ask) for _ in range(2)))

    assert told == [None, None]
    assert question.ask() == "snapshot 1"


def test_a_standby_keeps_nothing(monkeypatch):
    monkeypatch.setattr(unchanged, "fetch", lambda sql, parameters: [])

    assert Question().ask() is None


def test_who_waits_too_long_goes_on(server, monkeypatch):
    """PostgreSQL hangs: nobody waits for another's question for ever."""
    monkeypatch.setattr(unchanged, "PATIENCE_SECONDS", 0.001)
    question = Question()
    server.may_answer.clear()
    hanging, follower = gevent.spawn(question.ask), gevent.spawn(question.ask)
    later = gevent.spawn(question.ask)

    assert answers(follower, later) == [None, None]
    assert gevent.spawn(question.ask).join(timeout=0.1) is None  # it asks by itself
    assert server.asked == 2
    server.may_answer.set()
    assert answers(hanging) == ["snapshot 1"]


def test_who_is_cut_off_leaves_nobody_waiting(server):
    question = Question()
    leader, follower = gevent.spawn(question.ask), gevent.spawn(question.ask)
    server.may_answer.clear()
    gevent.idle()
    leader.kill()

    assert answers(follower) == [None]


def test_things_are_kept_for_their_snapshot():
    kept = Kept(10_000)
    kept.put("list", "snapshot 1", "old", 3)

    assert kept.get("list", "snapshot 1") == "old"
    assert kept.get("list", "snapshot 2") is None
    assert kept.get("list", None) is None
    assert kept.get("another", "snapshot 1") is None


def test_without_a_snapshot_nothing_is_kept():
    kept = Kept(10_000)
    kept.put("list", None, "text", 4)

    assert kept.get("list", None) is None


def test_what_was_used_longest_ago_goes_first():
    kept = Kept(3 * (ENTRY_SIZE + 100))
    for name in ("a", "b", "c", "c"):
        kept.put(name, "snapshot", name, 100)
    kept.get("a", "snapshot")

    kept.put("d", "snapshot", "d", 100)

    assert [kept.get(name, "snapshot") for name in "abcd"] == ["a", None, "c", "d"]


def test_what_is_too_large_is_not_kept():
    kept = Kept(ENTRY_SIZE + 100)

    kept.put("list", "snapshot", "text", 101)

    assert kept.get("list", "snapshot") is None
