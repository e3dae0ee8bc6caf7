"""Password hashing that does not block the other requests of a worker.

A hash takes a quarter of a second of CPU on purpose. In gevent's one thread nobody else would be
answered in that time, so it is computed in a native thread, one at a time.
"""

import os
import sys
from functools import cache

from django.contrib.auth import hashers
from django.db import connection
from django.utils.translation import gettext_lazy
from gevent.threadpool import ThreadPool

from items.database.snapshot_cache import is_gevent
from items.http.problems import Problem

WAITING_MAX = 10  # in each worker; on an idle machine the last waits for about three seconds
RETRY_AFTER_SECONDS = 5
NICENESS = 10  # of the thread: who is served otherwise goes first


class PBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    """Django's hasher, with the same hashes; raises Problem 503 if too many requests wait."""

    waiting = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        if not is_gevent() or connection.in_atomic_block:
            return super().encode(password, salt, iterations)
        hasher = PBKDF2PasswordHasher
        if hasher.waiting == WAITING_MAX:
            detail = gettext_lazy(
                "Too many people are signing in right now. Try again in a few seconds."
            )
            raise Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        connection.close()  # other requests may need it
        hasher.waiting += 1
        try:
            return _thread().apply(super().encode, (password, salt, iterations))
        finally:
            hasher.waiting -= 1


@cache
def _thread() -> ThreadPool:
    thread = ThreadPool(1)
    if sys.platform == "linux":  # elsewhere it would be that of the whole process
        thread.apply(os.nice, (NICENESS,))
    return thread
