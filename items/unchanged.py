"""What was read from the database, kept for as long as nothing in it changes.

PostgreSQL is asked at each request whether something did, which is cheaper than to read and to
write a page again: what was committed when a request came is in its answer, whoever committed it.
A snapshot names the transactions whose work a statement sees, so that two statements of the same
snapshot see the same rows (PostgreSQL's manual, section 9.28, pg_current_snapshot).
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from gevent import Timeout

from items.together import Together, is_gevent

# Transactions are numbered by each server for itself: the next after a failover may give the same
# numbers again. A standby's snapshots do not name those under way, so they tell too little.
SNAPSHOT = """
    SELECT pg_current_snapshot()::text || ' of ' || pg_postmaster_start_time()::text
    WHERE NOT pg_is_in_recovery()
"""
PATIENCE_SECONDS = 0.3  # with what takes PostgreSQL 50 microseconds
KEPT_MAX = 8_000_000  # bytes, in each worker
ENTRY_SIZE = 1_000  # of which a thing takes so many beside its own


class Line:
    """A connection for the one question: to borrow one each time would double its price."""

    def __init__(self) -> None:
        self._database: BaseDatabaseWrapper | None = None

    def ask(self, asked: list[None]) -> list[str | None]:
        """Return the snapshot of now for each who asks, or None where PostgreSQL tells none."""
        return [self._read()] * len(asked)

    def hang_up(self) -> None:
        if self._database is not None:
            database, self._database = self._database, None
            database.close()

    def _read(self) -> str | None:
        try:
            if self._database is None:
                self._database = connection.copy()
            self._database.ensure_connection()
            with Timeout(PATIENCE_SECONDS if is_gevent() else None):
                cursor = self._database.connection.execute(SNAPSHOT, prepare=True)
            row = cursor.fetchone()
        except (Error, psycopg.Error, Timeout):  # whoever reads on meets it, and answers for it
            self.hang_up()
            return None
        return row and row[0]


LINE = Line()
_question = Together(LINE.ask)


def snapshot() -> str | None:
    """Return a name of what the database holds now; None where nothing may be kept."""
    # A snapshot does not tell what its own transaction changed.
    if settings.DEBUG or connection.in_atomic_block:
        return None
    try:
        return _question.do(None)
    except Error:  # who asked for all was cut off
        return None


class Kept:
    """Things by what they depend on, each with its snapshot; the longest unused go first."""

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._size = 0
        self._entries: OrderedDict[Hashable, tuple[str, Any, int]] = OrderedDict()

    def get(self, key: Hashable, snapshot: str | None) -> Any:
        """Return what was put at this snapshot, else None."""
        entry = self._entries.get(key)
        if snapshot is None or entry is None or entry[0] != snapshot:
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: Hashable, snapshot: str | None, thing: object, size: int) -> None:
        """Keep a thing of so many bytes that was read after this snapshot."""
        if snapshot is None:
            return
        if key in self._entries:
            self._size -= self._entries.pop(key)[2]
        self._entries[key] = snapshot, thing, size + ENTRY_SIZE
        self._size += size + ENTRY_SIZE
        while self._size > self._size_max:
            _, (_, _, freed) = self._entries.popitem(last=False)
            self._size -= freed


KEPT = Kept(KEPT_MAX)
