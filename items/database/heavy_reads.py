"""Searches and counts use at most half of the connections, so that quick requests find one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy
from gevent.lock import BoundedSemaphore

from items.database.snapshot_cache import is_gevent
from items.http.problems import Problem

WAIT_SECONDS = 2
RETRY_AFTER_SECONDS = 5


@contextmanager
def heavy_read(is_heavy: bool = True) -> Iterator[None]:
    """Wait for one of the slots of this worker; raise Problem 503 after WAIT_SECONDS."""
    if not is_heavy or not is_gevent() or connection.in_atomic_block:
        yield
        return
    slots = _slots()
    if not slots.acquire(blocking=False):
        connection.close()  # the others need it while this request waits
        if not slots.acquire(timeout=WAIT_SECONDS):
            detail = gettext_lazy("Too many searches are running. Try again in a few seconds.")
            raise Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    try:
        yield
    finally:
        slots.release()


@cache
def _slots() -> BoundedSemaphore:
    return BoundedSemaphore(max(1, settings.DATABASE_POOL_SIZE // 2))
