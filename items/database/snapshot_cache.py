"""The only cache: it keeps results until something in the database changes.

Each request asks PostgreSQL for its current snapshot, which is cheaper than reading and rendering
a list again. Two statements with the same snapshot see the same rows (PostgreSQL's manual, section
9.28, pg_current_snapshot), and every commit before the request changes the snapshot.

Nothing is cached where a snapshot does not show every change: on a standby, whose snapshots do not
list the running transactions; behind PgBouncer (DATABASE_PREPARE=0), where two statements of one
connection can reach two backends; inside a transaction, which sees its own changes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from sys import getsizeof
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import OperationalError, connection
from gevent import Timeout, monkey, sleep
from gevent.event import AsyncResult

# Each server has its own transaction numbers, and can use some of them again after a crash. So a
# snapshot is only compared together with the process id of the backend that returned it.
SNAPSHOT = """
    SELECT concat_ws(' ', pg_current_snapshot(), pg_backend_pid()) WHERE NOT pg_is_in_recovery()
"""
SERVER = "SELECT system_identifier, pg_postmaster_start_time() FROM pg_control_system()"
CONNECTION_AGE_SECONDS = 30  # then the host name is resolved again: the server may have moved
PATIENCE_SECONDS = 0.5  # PostgreSQL normally needs 50 microseconds
PAUSE_SECONDS = 1  # without questions, after one was not answered
SIZE_MAX = 8_000_000  # bytes, in each worker
ENTRY_SIZE = 3_000  # bytes of each entry without its key and value

Server = tuple[Any, ...]


class Snapshot(NamedTuple):
    name: str
    server: Server


class Result(NamedTuple):
    """A value and its size in bytes; without a size it is not cached."""

    value: Any
    size: int | None = None


class Entry(NamedTuple):
    snapshot: Snapshot
    value: Any
    size: int  # in bytes, with the key


_servers: WeakKeyDictionary[psycopg.Connection, Server] = WeakKeyDictionary()


def is_gevent() -> bool:
    """Tell whether requests share one thread, as under gunicorn."""
    return monkey.is_module_patched("threading")


def _server_of(conn: psycopg.Connection) -> Server:
    """Return the identity of the server; one query for each connection."""
    if conn not in _servers:
        _servers[conn] = conn.execute(SERVER).fetchone()
    return _servers[conn]


class SnapshotConnection:
    """The connection that reads snapshots for all requests of a worker process.

    It is replaced after CONNECTION_AGE_SECONDS. If it then reaches another server, the pool is
    drained too, so that no request reads from an old server that still runs.
    """

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self._server: Server | None = None
        self._expires_at = self._paused_until = 0.0  # time.monotonic()
        self._next: AsyncResult | None = None  # of the next question, which was not sent yet
        self._current: AsyncResult | None = None

    def snapshot(self) -> Snapshot | None:
        """Return a snapshot taken after this call, or None if there is none.

        Requests that wait at the same time share one question. They cannot share a question that
        was already sent: a commit may have come after it.
        """
        if time.monotonic() < self._paused_until:
            return None
        if not is_gevent():
            return self._ask()
        if self._next:
            connection.close()  # the request that asks may need it
            return self._next.get()
        self._next = answer = AsyncResult()
        try:
            sleep(0)  # let other requests join
            before = self._current
            if before:
                before.wait(PATIENCE_SECONDS)
            self._next = None
            if before is None or before.ready():  # otherwise PostgreSQL does not answer
                self._current = answer
                answer.set(self._ask())
        finally:
            if self._next is answer:
                self._next = None
            if not answer.ready():  # this request was aborted
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
        except (psycopg.Error, Timeout):  # the following read will report it
            self.close()
        if row is None:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            return None
        return Snapshot(row[0], self._server)

    def _renew(self) -> None:
        self.close()
        # Not from the pool, which could return an older one.
        self._connection = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        self._expires_at = time.monotonic() + CONNECTION_AGE_SECONDS
        server_before, self._server = self._server, _server_of(self._connection)
        if server_before not in (None, self._server):
            connection.pool.drain()


class Cache:
    """Values by key, each for one snapshot; the least recently used are dropped first."""

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._size = 0
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._under_way: dict[tuple[Hashable, Snapshot], AsyncResult] = {}

    def get(self, key: Hashable, snapshot: Snapshot, make: Callable[[], Result]) -> Any:
        """Return the value for this snapshot; simultaneous requests make it once."""
        entry = self._entries.get(key)
        if entry and entry.snapshot == snapshot:
            self._entries.move_to_end(key)
            return entry.value
        if (waiting := self._under_way.get((key, snapshot))) and is_gevent():
            connection.close()  # the request that makes it may need it
            return waiting.get()
        return self._make(key, snapshot, make)

    def _make(self, key: Hashable, snapshot: Snapshot, make: Callable[[], Result]) -> Any:
        self._under_way[key, snapshot] = waiting = AsyncResult()
        try:
            result = make()
            waiting.set(result.value)
        except Exception as error:
            waiting.set_exception(error)  # the waiting requests would get the same
            raise
        finally:
            self._under_way.pop((key, snapshot), None)
            if not waiting.ready():
                waiting.set_exception(OperationalError("The request that read was aborted."))
        if key in self._entries:
            self._drop(key)
        read_from = connection.connection and _server_of(connection.connection)
        if result.size is not None and read_from == snapshot.server:
            self._put(key, snapshot, result)
        return result.value

    def _put(self, key: Hashable, snapshot: Snapshot, result: Result) -> None:
        size = (result.size or 0) + getsizeof(repr(key)) + ENTRY_SIZE
        self._entries[key] = Entry(snapshot, result.value, size)
        self._size += size
        while self._size > self._size_max:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        self._size -= self._entries.pop(key).size


SNAPSHOTS = SnapshotConnection()
_cache = Cache(SIZE_MAX)


def cached(key: Hashable, make: Callable[[], Result]) -> Any:
    """Return make(), or its earlier result if nothing was committed since then.

    The key must contain everything that the value depends on, except the database.
    """
    can_keep = settings.DATABASE_PREPARE and not settings.DEBUG and not connection.in_atomic_block
    snapshot = SNAPSHOTS.snapshot() if can_keep else None
    return make().value if snapshot is None else _cache.get(key, snapshot, make)
