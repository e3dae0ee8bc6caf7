"""A connection beside the pool, for work that takes long: imports must not starve the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils.translation import gettext_lazy
from gevent.lock import BoundedSemaphore

from items.http.problems import Problem

CONNECTIONS_MAX = 3  # of a worker at the same time
RETRY_AFTER_SECONDS = 10


@contextmanager
def own_connection() -> Iterator[None]:
    """Let the block use a connection of its own, which is closed at its end.

    Raise Problem 503 if this worker has too many of them. Inside a transaction the block uses the
    connection of that, as in tests.
    """
    if connection.in_atomic_block:
        yield
        return
    if not _slots().acquire(blocking=False):
        detail = gettext_lazy("Several imports are running. Nothing was saved. Try again later.")
        raise Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    pooled = connections[DEFAULT_DB_ALIAS]
    pooled.close()  # back to the pool, where others need it
    settings = deepcopy(pooled.settings_dict)
    settings["OPTIONS"].pop("pool", None)
    own = type(pooled)(settings, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield
    finally:
        own.close()
        connections[DEFAULT_DB_ALIAS] = pooled
        _slots().release()


@cache
def _slots() -> BoundedSemaphore:
    return BoundedSemaphore(CONNECTIONS_MAX)
