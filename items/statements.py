"""SQL that is sent as it stands, for what must be quick."""

from collections.abc import Sequence

import psycopg
from django.db import connection


class _PreparedCursor(psycopg.Cursor):
    """Lets PostgreSQL plan a text once for a connection, and not at each request."""

    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=True, **options)


def fetch(sql: str, parameters: Sequence, *, plan_anew: bool = False) -> list[tuple]:
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
