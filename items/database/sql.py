"""Raw SQL for the queries that must be fast."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from django.db import OperationalError, connection, transaction

from items.database.faults import Fault, fault_of
from items.database.pooled_connection import PooledConnection


class TooLong(Exception):
    """A statement exceeded its time limit."""


class Busy(Exception):
    """Another transaction is writing the same rows."""


RAISED = {Fault.TOO_SLOW: TooLong, Fault.LOCKED: Busy, Fault.DEADLOCK: Busy}


@contextmanager
def limited(
    milliseconds: int, settings: Mapping[str, float] | None = None, *, only_reads: bool = True
) -> Iterator[None]:
    """Limit the time of each statement in the block, and apply other PostgreSQL settings.

    Raise TooLong or Busy. With `only_reads` the block is rolled back at the end; this also restores
    the settings if the block is inside a larger transaction.
    """
    settings = {"statement_timeout": milliseconds, **(settings or {})}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(";".join(f"SET LOCAL {name} = {settings[name]}" for name in settings))
            with _answers_within(milliseconds / 1000):
                yield
            if only_reads:
                transaction.set_rollback(True)
    except OperationalError as error:
        reason = RAISED.get(fault_of(error))
        if reason is None:
            raise
        raise reason(error) from error


@contextmanager
def _answers_within(seconds: float) -> Iterator[None]:
    """Let the pool's connection wait for as long as PostgreSQL may take."""
    pooled = connection.connection
    if not isinstance(pooled, PooledConnection):  # of a command or an import
        yield
        return
    before = pooled.answer_seconds
    pooled.limit_answers(seconds)
    try:
        yield
    finally:
        pooled.answer_seconds = before


def fetch(sql: str, parameters: Sequence | Mapping, *, prepare: bool = True) -> list[tuple]:
    """Return the rows of a statement.

    After some executions (DATABASE_PREPARE) a connection keeps one plan for all parameters.
    `prepare=False` is for statements whose best plan depends on the parameters, for example on how
    rare a word is.
    """
    connection.ensure_connection()
    is_logged = connection.queries_logged  # the log cannot show prepared statements
    cursor_class = psycopg.Cursor if prepare and not is_logged else _UnpreparedCursor
    make = connection.make_debug_cursor if is_logged else connection.make_cursor
    with make(cursor_class(connection.connection)) as wrapped:
        wrapped.execute(sql, parameters)
        return wrapped.fetchall()


def renew_connection() -> None:
    """Let the next statement have a new connection.

    What was set for the role or the database, or planned before a migration, stays as it was in the
    sessions that were open then.
    """
    if connection.connection and not connection.in_atomic_block:
        connection.connection.close()
        connection.close()


class _UnpreparedCursor(psycopg.Cursor):
    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=False, **options)
