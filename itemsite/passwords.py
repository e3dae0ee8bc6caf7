"""Password hashing that does not block the other requests of a worker.

A hash takes a quarter of a second of CPU on purpose. In gevent's one thread nobody else would be
answered in that time, so it is computed in a native thread, one at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.contrib.auth import hashers
from django.db import connection
from django.utils.translation import gettext_lazy
from gevent.lock import BoundedSemaphore
from gevent.threadpool import ThreadPool

from items.database.snapshot_cache import is_gevent
from items.http.problems import Problem

WAITING_MAX = 10  # in each worker; on an idle machine the last waits for about three seconds
RETRY_AFTER_SECONDS = 5

_places = BoundedSemaphore(WAITING_MAX)


@contextmanager
def place() -> Iterator[None]:
    """Hold one of WAITING_MAX places to wait for a hash; raise Problem 503 if none is left.

    Whoever takes one before asking the database is refused at no cost.
    """
    if not _places.acquire(blocking=False):
        raise _too_many()
    try:
        yield
    finally:
        _places.release()


def _too_many() -> Problem:
    detail = gettext_lazy("Too many people are signing in right now. Try again in a few seconds.")
    return Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class PBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    """Django's hasher, with the same hashes; raises Problem 503 if too many requests wait."""

    waiting = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        if not is_gevent() or connection.in_atomic_block:
            return super().encode(password, salt, iterations)
        hasher = PBKDF2PasswordHasher
        if hasher.waiting == WAITING_MAX:
            raise _too_many()
        connection.close()  # other requests may need it
        hasher.waiting += 1
        try:
            return _thread().apply(super().encode, (password, salt, iterations))
        finally:
            hasher.waiting -= 1


@cache
def _thread() -> ThreadPool:
    return ThreadPool(1)
