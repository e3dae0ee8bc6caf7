"""Requests that wait for a connection of the pool: fewer can, as soon as one waits in vain."""

from contextlib import ExitStack, suppress

import pytest
from psycopg_pool import PoolTimeout

from itemsite.checked_pool import waiting
from itemsite.checked_pool.waiting import BOUND_MAX, BOUND_MIN, Waiting


def wait_in_vain(requests):
    with suppress(PoolTimeout), requests.place():
        raise PoolTimeout


def test_after_waits_in_vain_only_a_few_can_wait():
    requests = Waiting()
    for _ in range(20):
        wait_in_vain(requests)

    with ExitStack() as places:
        for _ in range(BOUND_MIN):
            places.enter_context(requests.place())
        with pytest.raises(PoolTimeout, match="too many requests"), requests.place():
            pass


def test_each_short_wait_lets_one_more_in():
    requests = Waiting()
    for _ in range(20):
        wait_in_vain(requests)

    for _ in range(2 * BOUND_MAX):
        with requests.place():
            pass

    assert requests.bound == BOUND_MAX


def test_after_a_long_wait_no_more_can_wait_than_do(monkeypatch):
    requests = Waiting()
    with ExitStack() as places:
        for _ in range(50):
            places.enter_context(requests.place())
        monkeypatch.setattr(waiting, "SHORT_SECONDS", 0)
        with requests.place():
            pass

        assert requests.bound == 50
