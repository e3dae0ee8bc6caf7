"""Why not CONN_HEALTH_CHECKS: psycopg_pool waits a second before it tries a third connection.

So when the server closed all that were idle, its checks fail requests which a fourth connection
would have served; and they send a query with each request, a tenth of its time.
"""

from select import select

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict) -> psycopg.Connection:
        """Return a pooled connection that the server did not close while it was idle.

        An idle server speaks only when it hangs up: then there is something to read.
        """
        connection = super().get_new_connection(conn_params)
        for _ in range(self.pool.max_size if self.pool else 0):
            if not connection.closed and not select([connection.fileno()], [], [], 0)[0]:
                break
            connection.close()
            self.pool.putconn(connection)  # which puts another in its place
            connection = super().get_new_connection(conn_params)
        return connection
