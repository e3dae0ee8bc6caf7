"""Django's PostgreSQL backend, whose pool tries a connection without a query."""

import socket
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.utils.functional import cached_property

from itemsite.pooled.waiting import Connection


class DatabaseWrapper(base.DatabaseWrapper):
    """CONN_HEALTH_CHECKS would send an empty query with each request: a tenth of its time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            pool["connection_class"] = Connection

    @cached_property
    def _connection_params(self) -> dict:
        return super().get_connection_params()

    def get_connection_params(self) -> dict:
        return self._connection_params.copy()

    def get_new_connection(self, conn_params: dict) -> psycopg.Connection:
        connection = super().get_new_connection(conn_params)
        for _ in range(self.pool.max_size if self.pool else 0):
            if _is_silent(connection):
                break
            connection.close()
            self.pool.putconn(connection)  # which puts another in its place
            connection = super().get_new_connection(conn_params)
        return connection


def _is_silent(connection: psycopg.Connection) -> bool:
    """Tell whether there is nothing to read: an idle server speaks only when it hangs up."""
    try:
        peek = socket.socket(fileno=connection.fileno())
    except (OSError, psycopg.OperationalError):  # closed
        return False
    try:
        peek.setblocking(False)  # as libpq left it
        peek.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:  # reset
        return False
    finally:
        peek.detach()
    return False
