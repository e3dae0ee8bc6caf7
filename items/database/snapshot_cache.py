"""The only cache: what was read, kept for as long as nothing in the database changes.

PostgreSQL is asked for its snapshot at each request, which is cheaper than to read and render a
list again. Two statements with the same snapshot see the same rows (PostgreSQL's manual, section
9.28, pg_current_snapshot), and whatever was committed before the request came changes it.

Nothing is kept where a snapshot tells too little: on a standby, whose snapshots do not name the
transactions under way; behind PgBouncer (DATABASE_PREPARE=0), where two statements of one
connection can meet two backends; inside a transaction, whose own changes it does not name.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import OperationalError, connection
from gevent import Timeout, monkey, sleep
from gevent.event import AsyncResult

# A server numbers its transactions by itself, and after a crash gives some numbers once more. So a
# snapshot only counts together with the backend that told it, which lives in one server process.
SNAPSHOT = """
    SELECT concat_ws(' ', pg_current_snapshot(), pg_backend_pid()) WHERE NOT pg_is_in_recovery()
"""
SERVER = "SELECT system_identifier, pg_postmaster_start_time() FROM pg_control_system()"
CONNECTION_AGE_SECONDS = 30  # then the name of the server is resolved again: it can have moved
PATIENCE_SECONDS = 0.5  # with what takes PostgreSQL 50 microseconds
PAUSE_SECONDS = 1  # before it is asked again, when it did not answer
SIZE_MAX = 8_000_000  # bytes, in each worker
ENTRY_SIZE = 10_000  # bytes that each entry needs beside its value, most of them for a long key

Server = tuple[Any, ...]


class Snapshot(NamedTuple):
    name: str
    server: Server


class Result(NamedTuple):
    """A value, and its size in bytes; without one it is not kept."""

    value: Any
    size: int | None = None


_servers: WeakKeyDictionary[psycopg.Connection, Server] = WeakKeyDictionary()


def is_gevent() -> bool:
    """Tell whether requests run side by side in one thread, as under gunicorn."""
    return monkey.is_module_patched("threading")


def _server_of(conn: psycopg.Connection) -> Server:
    """Return which server process a connection speaks to; asked once in its life."""
    if conn not in _servers:
        _servers[conn] = conn.execute(SERVER).fetchone()
    return _servers[conn]


class SnapshotConnection:
    """The connection that asks for snapshots, for all requests of a worker process.

    It is renewed after CONNECTION_AGE_SECONDS. If it then meets another server, the whole pool is,
    so that nobody reads from a server that was replaced but still lives.
    """

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self._server: Server | None = None
        self._expires_at = self._paused_until = 0.0  # time.monotonic()
        self._next: AsyncResult | None = None  # of a question that is not asked yet
        self._current: AsyncResult | None = None

    def snapshot(self) -> Snapshot | None:
        """Return the snapshot of a moment after this call, or None where PostgreSQL tells none.

        Requests that wait at the same time share a question. One that is under way began too early.
        """
        if time.monotonic() < self._paused_until:
            return None
        if not is_gevent():
            return self._ask()
        if self._next:
            connection.close()  # who asks may need one
            return self._next.get()
        self._next = answer = AsyncResult()
        try:
            sleep(0)  # let those join who are here already
            before = self._current
            if before:
                before.wait(PATIENCE_SECONDS)
            self._next = None
            if before is None or before.ready():  # else PostgreSQL seems to hang
                self._current = answer
                answer.set(self._ask())
        finally:
            if self._next is answer:
                self._next = None
            if not answer.ready():  # this request was cut off
                answer.set(None)
        return answer.get()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> Snapshot | None:
        row = None
        try:
            with Timeout(PATIENCE_SECONDS if is_gevent() else None):
                if self._connection is None or time.monotonic() >= self._expires_at:
                    self._renew()
                row = psycopg.Cursor(self._connection).execute(SNAPSHOT).fetchone()
        except (psycopg.Error, Timeout):  # whoever reads on meets it, and answers for it
            self.close()
        if row is None:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            return None
        return Snapshot(row[0], self._server)

    def _renew(self) -> None:
        self.close()
        # Not of the pool, which could give one that is older.
        self._connection = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        self._expires_at = time.monotonic() + CONNECTION_AGE_SECONDS
        server_before, self._server = self._server, _server_of(self._connection)
        if server_before not in (None, self._server):
            connection.pool.drain()


class Cache:
    """Values by key, each for one snapshot; those that were not used longest go first."""

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._size = 0
        self._entries: OrderedDict[Hashable, tuple[Snapshot, Result]] = OrderedDict()
        self._under_way: dict[tuple[Hashable, Snapshot], AsyncResult] = {}

    def get(self, key: Hashable, snapshot: Snapshot, make: Callable[[], Result]) -> Any:
        """Return the value of this snapshot; make it once for all who ask in the meantime."""
        made_for, result = self._entries.get(key, (None, Result(None)))
        if made_for == snapshot:
            self._entries.move_to_end(key)
            return result.value
        if (waiting := self._under_way.get((key, snapshot))) and is_gevent():
            connection.close()  # who makes it may need one
            return waiting.get()
        return self._make(key, snapshot, make)

    def _make(self, key: Hashable, snapshot: Snapshot, make: Callable[[], Result]) -> Any:
        self._under_way[key, snapshot] = waiting = AsyncResult()
        try:
            result = make()
            waiting.set(result.value)
        except Exception as error:
            waiting.set_exception(error)  # who waited would meet the same
            raise
        finally:
            self._under_way.pop((key, snapshot), None)
            if not waiting.ready():
                waiting.set_exception(OperationalError("The request that read was cut off."))
        if key in self._entries:
            self._drop(key)
        conn = connection.connection  # that read
        if result.size is not None and conn and _server_of(conn) == snapshot.server:
            self._put(key, snapshot, result)
        return result.value

    def _put(self, key: Hashable, snapshot: Snapshot, result: Result) -> None:
        self._entries[key] = snapshot, result
        self._size += (result.size or 0) + ENTRY_SIZE
        while self._size > self._size_max:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        _, result = self._entries.pop(key)
        self._size -= (result.size or 0) + ENTRY_SIZE


SNAPSHOTS = SnapshotConnection()
_cache = Cache(SIZE_MAX)


def cached(key: Hashable, make: Callable[[], Result]) -> Any:
    """Return the value that make() returns, or returned since when nothing was committed.

    The key names all that the value depends on beside the database.
    """
    can_keep = settings.DATABASE_PREPARE and not settings.DEBUG and not connection.in_atomic_block
    snapshot = SNAPSHOTS.snapshot() if can_keep else None
    return make().value if snapshot is None else _cache.get(key, snapshot, make)
