"""Why not CONN_HEALTH_CHECKS: psycopg_pool waits a second before it tries a third connection.

So after the server closed all idle connections, requests fail that a new connection would have
served. These checks also send a query with each request, which takes a tenth of its time.
"""

from select import select

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict) -> psycopg.Connection:
        """Return a pooled connection that is still open.

        An idle server only sends data when it closes the connection, so readable means closed.
        """
        connection = super().get_new_connection(conn_params)
        for _ in range(self.pool.max_size if self.pool else 0):
            if not connection.closed and not select([connection.fileno()], [], [], 0)[0]:
                break
            connection.close()
            self.pool.putconn(connection)  # replaces it
            connection = super().get_new_connection(conn_params)
        return connection
