"""Random writes and undos, in every way that SQL has, against a plain dictionary."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, lists

from items.tests.changes.history import ADA, BOB, contents
from items.tests.changes.world import TRANSACTIONS, World

pytestmark = pytest.mark.django_db
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=150)  # in CI the same ones each time

WRITES = lists(TRANSACTIONS, min_size=1, max_size=5)
STEPS = lists(TRANSACTIONS | integers(0, 9), min_size=2, max_size=12)  # a number: undo that set


def taken_back_in_reverse_and_done_again(writes):
    with transaction.atomic():
        world = World()
        before = contents()
        for operations in writes:
            world.write(operations)
        after = contents()
        undos = [world.undo(pk) for pk in reversed(list(world.sets))]
        assert contents() == before
        for pk in reversed([pk for pk in undos if pk]):
            world.undo(pk)
        assert contents() == after
        transaction.set_rollback(True)


def two_people_at_any_time(steps):
    with transaction.atomic():
        world = World()
        for number, step in enumerate(steps):
            if not isinstance(step, int):
                world.write(step, ADA if number % 2 else BOB)
            elif world.sets:
                sets = list(world.sets)
                world.undo(sets[step % len(sets)])
        transaction.set_rollback(True)


@QUICK
@given(WRITES)
def test_taken_back_in_reverse_all_is_as_it_was(writes):
    taken_back_in_reverse_and_done_again(writes)


@pytest.mark.long
@LONG
@given(WRITES)
def test_taken_back_in_reverse_all_is_as_it_was_many_times(writes):
    taken_back_in_reverse_and_done_again(writes)


@QUICK
@given(STEPS)
def test_an_undo_never_takes_away_what_somebody_did_later(steps):
    two_people_at_any_time(steps)


@pytest.mark.long
@LONG
@given(STEPS)
def test_an_undo_never_takes_away_what_somebody_did_later_many_times(steps):
    two_people_at_any_time(steps)
