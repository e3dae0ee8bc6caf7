"""SQL that is sent as it stands, for what must be quick."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from django.db import OperationalError, connection, transaction


class TooLong(Exception):
    """A statement took longer than it may."""


class Busy(Exception):
    """Somebody else writes the same rows."""


RAISED = {  # by the SQLSTATE of
    "57014": TooLong,  # a statement timeout
    "55P03": Busy,  # a lock timeout
    "40P01": Busy,  # a deadlock
}


@contextmanager
def limited(
    milliseconds: int, settings: Mapping[str, float] | None = None, *, only_reads: bool = True
) -> Iterator[None]:
    """Let the statements within take so long each, under settings of PostgreSQL.

    Raise TooLong or Busy. Those that only read are rolled back at the end, and with them the
    settings where this is no transaction of its own.
    """
    settings = {"statement_timeout": milliseconds, **(settings or {})}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(";".join(f"SET LOCAL {name} = {settings[name]}" for name in settings))
            yield
            if only_reads:
                transaction.set_rollback(True)
    except OperationalError as error:
        reason = RAISED.get(getattr(error.__cause__, "sqlstate", None))
        if reason is None:
            raise
        raise reason from error


def fetch(sql: str, parameters: Sequence | Mapping, *, prepare: bool = True) -> list[tuple]:
    """Return the rows of a statement.

    After some uses (DATABASE_PREPARE) PostgreSQL plans it once for a connection, whatever the
    parameters are. `prepare=False` is for statements whose best plan depends on them, such as on
    how rare a word is.
    """
    connection.ensure_connection()
    is_logged = connection.queries_logged  # which can only show the text of an unprepared one
    cursor_class = psycopg.Cursor if prepare and not is_logged else _UnpreparedCursor
    make = connection.make_debug_cursor if is_logged else connection.make_cursor
    with make(cursor_class(connection.connection)) as wrapped:
        wrapped.execute(sql, parameters)
        return wrapped.fetchall()


class _UnpreparedCursor(psycopg.Cursor):
    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=False, **options)
