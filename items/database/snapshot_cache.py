"""What was read from the database, kept for as long as nothing in it changes.

PostgreSQL is asked at each request whether something did, which is cheaper than to read and to
write a page again: what was committed when a request came is in its answer, whoever committed it.
A snapshot names the transactions whose work a statement sees, so that two statements of the same
snapshot see the same rows (PostgreSQL's manual, section 9.28, pg_current_snapshot).
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, OperationalError, connection
from gevent import Timeout
from gevent.event import AsyncResult

from items.together import Together, is_gevent

# Each server numbers its transactions by itself, and after a crash gives some numbers once more. So
# a snapshot counts for the one process of PostgreSQL that told it, which outlives neither. Those of
# a standby do not name the transactions under way: they tell too little.
SNAPSHOT = """
    SELECT concat_ws(' ', pg_current_snapshot(), pg_backend_pid(), pg_postmaster_start_time())
    WHERE NOT pg_is_in_recovery()
"""
PATIENCE_SECONDS = 0.5  # with what takes PostgreSQL 50 microseconds
REST_SECONDS = 1  # before it is asked again, when it told nothing
KEPT_MAX = 8_000_000  # bytes, in each worker
ENTRY_SIZE = 10_000  # of which each thing takes so many more, most of them for a long address


class Line:
    """A connection for the one question: to borrow one each time would double its price."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self._is_busy = False
        self._rests_until = 0.0  # time.monotonic()

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def ask(self, asked: list[None]) -> list[str | None]:
        """Return the snapshot of now for each who asks, or None where PostgreSQL tells none."""
        if self._is_busy:  # for long: it seems to hang
            return [None] * len(asked)
        self._is_busy = True
        try:
            snapshot = self._read()
        finally:
            self._is_busy = False
        if snapshot is None:
            self._rests_until = time.monotonic() + REST_SECONDS
        return [snapshot] * len(asked)

    def hang_up(self) -> None:
        if self._connection is not None:
            connection.pool.putconn(self._connection)  # which closes what is not idle
            self._connection = None

    def _read(self) -> str | None:
        try:
            if self._connection is None:
                connection.pool.open()
                self._connection = connection.pool.getconn(PATIENCE_SECONDS)
                self._connection.autocommit = True
            with Timeout(PATIENCE_SECONDS if is_gevent() else None):
                row = self._connection.execute(SNAPSHOT, prepare=True).fetchone()
        except (psycopg.Error, Timeout):  # whoever reads on meets it, and answers for it
            self.hang_up()
            return None
        return row and row[0]


LINE = Line()
_question = Together(LINE.ask)


def snapshot() -> str | None:
    """Return a name of what the database holds now; None where nothing may be kept."""
    # A snapshot does not tell what its own transaction changed.
    if settings.DEBUG or connection.in_atomic_block or LINE.rests:
        return None
    try:
        return _question.do(None)
    except Error:  # who asked for all was cut off
        return None


@dataclass(frozen=True)
class Made:
    """A thing that was made of what was read, and its size in bytes; without one it is not kept."""

    thing: Any
    size: int | None = None


class Kept:
    """What was made, by what it depends on, for one snapshot; the longest unused go first."""

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._size = 0
        self._entries: OrderedDict[Hashable, tuple[str, Made]] = OrderedDict()
        self._being_made: dict[tuple[Hashable, str], AsyncResult] = {}

    def read(self, key: Hashable, snapshot: str, make: Callable[[], Made]) -> Any:
        """Return the thing of this snapshot; make it, once for all who ask meanwhile."""
        made_for, made = self._entries.get(key, (None, None))
        if made_for == snapshot:
            self._entries.move_to_end(key)
            return made.thing
        being_made = self._being_made.get((key, snapshot))
        if being_made and is_gevent():
            connection.close()  # who makes it may need one
            return being_made.get().thing
        return self._make(key, snapshot, make)

    def _make(self, key: Hashable, snapshot: str, make: Callable[[], Made]) -> Any:
        self._being_made[key, snapshot] = being_made = AsyncResult()
        try:
            made = make()
            being_made.set(made)
        except Exception as error:
            being_made.set_exception(error)  # who waited would meet the same
            raise
        except BaseException:
            being_made.set_exception(OperationalError("The request that read was cut off."))
            raise
        finally:
            self._being_made.pop((key, snapshot), None)
        if made.size is not None:
            self._put(key, snapshot, made)
        return made.thing

    def _put(self, key: Hashable, snapshot: str, made: Made) -> None:
        if key in self._entries:
            self._drop(key)
        self._entries[key] = snapshot, made
        self._size += made.size + ENTRY_SIZE
        while self._size > self._size_max:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        _, made = self._entries.pop(key)
        self._size -= made.size + ENTRY_SIZE


_kept = Kept(KEPT_MAX)


def kept(key: Hashable, make: Callable[[], Made]) -> Any:
    """Return the thing that make() makes, or made since when nothing was committed.

    The key tells all that it depends on beside the database.
    """
    now = snapshot()
    return make().thing if now is None else _kept.read(key, now, make)
