import gevent
from gevent.event import Event

from items import unchanged
from items.unchanged import ENTRY_SIZE, Kept, Question


class Counted(Question):
    """Asks nobody: its snapshots are numbers, told when they may be."""

    def __init__(self):
        super().__init__()
        self.asked = 0
        self.may_answer = Event()
        self.may_answer.set()

    def _read(self):
        self.asked += 1
        number = self.asked
        self.may_answer.wait()
        return str(number)


def spawn(question, count):
    greenlets = [gevent.spawn(question.ask) for _ in range(count)]
    gevent.idle()  # all have asked, or wait
    return greenlets


def answers(greenlets):
    gevent.joinall(greenlets, raise_error=True)
    return [greenlet.value for greenlet in greenlets]


def test_who_comes_at_once_shares_a_question():
    question = Counted()

    assert answers(spawn(question, 5)) == ["1"] * 5
    assert question.asked == 1


def test_who_comes_after_it_was_sent_asks_anew():
    """Somebody may have committed between."""
    question = Counted()
    question.may_answer.clear()
    first = spawn(question, 1)
    later = spawn(question, 2)
    question.may_answer.set()

    assert answers(first + later) == ["1", "2", "2"]


def test_nobody_waits_long_for_another(monkeypatch):
    """PostgreSQL hangs: one asks and hangs too, the others go on without."""
    monkeypatch.setattr(unchanged, "PATIENCE_SECONDS", 0.001)
    question = Counted()
    question.may_answer.clear()
    hanging, *others = spawn(question, 3)

    assert answers(others) == [None, None]
    assert answers(spawn(question, 2)) == [None, None]
    assert question.asked == 1
    question.may_answer.set()
    assert answers([hanging]) == ["1"]
    assert question.ask() == "2"


def test_who_is_cut_off_leaves_nobody_waiting():
    question = Counted()
    question.may_answer.clear()
    asking, other = spawn(question, 2)

    asking.kill()

    assert answers([other]) == [None]
    question.may_answer.set()
    assert question.ask() == "2"


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
