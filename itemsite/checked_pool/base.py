"""Why not CONN_HEALTH_CHECKS: psycopg_pool waits a second before it tries a third connection.

So after the server closed all idle connections, requests fail that a new connection would have
served. These checks also send a query with each request, which takes a tenth of its time.
"""

from select import select

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from items.database.pooled_connection import PooledConnection
from itemsite.checked_pool.waiting import Waiting

LONG = 10_000  # characters or bytes of a value
waiting = Waiting()  # the requests of this process


class Cursor(base.Cursor):
    def execute(self, query, params=None, **options):
        """Do not let psycopg keep a statement with a long value.

        It keeps the last hundred of a connection, to prepare those that come again, and Django
        writes the values into them.
        """
        if not any(map(_is_long, params or ())):
            return super().execute(query, params, **options)
        connection = self.connection
        threshold, connection.prepare_threshold = connection.prepare_threshold, None
        try:
            return super().execute(query, params, **options)
        finally:
            connection.prepare_threshold = threshold


def _is_long(value: object) -> bool:
    value = getattr(value, "obj", value)  # of a binary field
    return isinstance(value, str | bytes) and len(value) > LONG


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self):
        if options := self.settings_dict["OPTIONS"].get("pool"):
            options.setdefault("connection_class", PooledConnection)
        return super().pool

    def get_connection_params(self) -> dict:
        return super().get_connection_params() | {"cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict) -> psycopg.Connection:
        """Return a pooled connection that is still open.

        An idle server only sends data when it closes the connection, so readable means closed.
        """
        with waiting.place():
            connection = super().get_new_connection(conn_params)
        for _ in range(self.pool.max_size if self.pool else 0):
            if not connection.closed and not select([connection.fileno()], [], [], 0)[0]:
                break
            connection.close()
            self.pool.putconn(connection)  # replaces it
            connection = super().get_new_connection(conn_params)
        if isinstance(connection, PooledConnection):
            connection.limit_answers(settings.STATEMENT_TIMEOUT_SECONDS)
        return connection
