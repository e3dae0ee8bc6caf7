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


class _PreparedCursor(psycopg.Cursor):
    """Lets PostgreSQL plan a text once for a connection, and not at each request."""

    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=True, **options)


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


def fetch(sql: str, parameters: Sequence | Mapping, *, plan_anew: bool = False) -> list[tuple]:
    """Return the rows of a statement.

    It is planned once, for whatever the parameters are; `plan_anew` is for those
    whose best plan depends on them, such as how rare a word is.
    """
    connection.ensure_connection()
    cursor = (psycopg.Cursor if plan_anew else _PreparedCursor)(connection.connection)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(cursor) as wrapped:
        wrapped.execute(sql, parameters)
        return wrapped.fetchall()
