import gevent
import pytest
from django.db import OperationalError
from gevent.event import Event

from items import together
from items.together import Together


class Doer:
    """Doubles numbers, when it may; notes which it was given together."""

    def __init__(self):
        self.gos = []
        self.may = Event()
        self.may.set()

    def __call__(self, numbers):
        self.gos.append(list(numbers))
        self.may.wait()
        return [number * 2 if number else ValueError("nothing") for number in numbers]


@pytest.fixture(autouse=True)
def shares(monkeypatch):
    """Do as under gunicorn."""
    monkeypatch.setattr(together, "is_gevent", lambda: True)


@pytest.fixture
def doer():
    return Doer()


def spawn(shared, *numbers):
    def do(number):
        try:
            return shared.do(number)
        except Exception as error:
            return type(error)

    greenlets = [gevent.spawn(do, number) for number in numbers]
    gevent.idle()  # all have begun
    return greenlets


def results(greenlets):
    return [greenlet.get() for greenlet in greenlets]


def test_who_comes_at_once_is_served_at_once(doer):
    shared = Together(doer)

    assert results(spawn(shared, 1, 2, 3)) == [2, 4, 6]
    assert shared.do(4) == 8
    assert doer.gos == [[1, 2, 3], [4]]


def test_who_comes_meanwhile_is_in_the_next_go(doer):
    """What is under way was begun before they came: it would not tell what was saved since."""
    shared = Together(doer)
    doer.may.clear()
    first = spawn(shared, 1)
    later = spawn(shared, 2, 3)
    doer.may.set()

    assert results(first + later) == [2, 4, 6]
    assert doer.gos == [[1], [2, 3]]


def test_one_that_fails_harms_no_other(doer):
    assert results(spawn(Together(doer), 1, 0, 3)) == [2, ValueError, 6]


def test_what_fails_for_all_is_told_to_all():
    def fail(numbers):
        raise OperationalError

    shared = Together(fail)

    assert results(spawn(shared, 1, 2)) == [OperationalError] * 2
    assert results(spawn(shared, 3)) == [OperationalError]


def test_who_is_cut_off_leaves_nobody_waiting(doer):
    shared = Together(doer)
    doer.may.clear()
    doing, other = spawn(shared, 1, 2)

    doing.kill()

    assert results([other]) == [OperationalError]
    doer.may.set()
    assert shared.do(3) == 6


def test_nobody_waits_long_for_the_go_before(doer, monkeypatch):
    monkeypatch.setattr(together, "WAIT_SECONDS", 0.001)
    shared = Together(doer)
    doer.may.clear()
    hanging = spawn(shared, 1)
    doer.may = Event()
    doer.may.set()

    assert results(spawn(shared, 2, 3)) == [4, 6]
    assert not hanging[0].ready()
    hanging[0].kill()


def test_a_go_has_an_end(doer, monkeypatch):
    monkeypatch.setattr(together, "THINGS_MAX", 2)

    assert results(spawn(Together(doer), 1, 2, 3)) == [2, 4, 6]
    assert doer.gos == [[1, 2], [3]]


def test_threads_share_nothing(doer, monkeypatch):
    monkeypatch.setattr(together, "is_gevent", lambda: False)

    assert Together(doer).do(1) == 2
    with pytest.raises(ValueError, match="nothing"):
        Together(doer).do(0)
