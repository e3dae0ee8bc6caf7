"""A database of its own, beside that of the site, for a restore that only proves a backup."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from itemsite.operations.server import OperationError, connect

ENDING = "_verify_%Y%m%d_%H%M%S_%f"
NAME_MAX = 63  # bytes; PostgreSQL cuts longer names
# While one is in use, its process is connected to it; in its first minute that may still connect.
LEFT_OVER = r"""
    SELECT datname FROM pg_database
    WHERE starts_with(datname, %(before)s)
        AND substr(datname, length(%(before)s) + 1) ~ '^_verify_\d{8}_\d{6}_\d{6}$'
        AND to_timestamp(right(datname, 22), 'YYYYMMDD_HH24MISS')::timestamp
            < now() AT TIME ZONE 'UTC' - interval '1 minute'
        AND pg_get_userbyid(datdba) = current_user
        AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datid = pg_database.oid)
"""


@contextmanager
def scratch_database(server: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Give a connection to a new database, which is dropped in the end; raise OperationError."""
    _drop_left_over(server)
    name = _before(server) + f"{datetime.now(UTC):{ENDING}}"
    quoted = sql.Identifier(name)
    try:
        server.execute(sql.SQL(_create(server)).format(quoted))
    except psycopg.errors.InsufficientPrivilege as error:
        role = server.info.user
        raise OperationError(
            f"Role {role} cannot create a database to restore into. As a superuser run:"
            f' ALTER ROLE "{role}" CREATEDB;'
        ) from error
    try:
        with connect(name) as scratch:
            yield scratch
    finally:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def left_over(server: psycopg.Connection) -> list[str]:
    """Return the names of such databases that killed processes left."""
    found = server.execute(LEFT_OVER, {"before": _before(server)}).fetchall()
    return sorted(name for (name,) in found)


def _drop_left_over(server: psycopg.Connection) -> None:
    for name in left_over(server):
        # Without FORCE, PostgreSQL drops none that somebody uses.
        with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _before(server: psycopg.Connection) -> str:
    """Return the first part of the names: that of the site's database, as far as it fits."""
    ending = len(f"{datetime.now(UTC):{ENDING}}")
    return server.info.dbname.encode()[: NAME_MAX - ending].decode(errors="ignore")


def _create(server: psycopg.Connection) -> str:
    """Return the SQL for a database that knows the same letters as the site's."""
    [(collate, ctype)] = server.execute(
        "SELECT quote_literal(datcollate), quote_literal(datctype) FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchall()
    return (
        f"CREATE DATABASE {{}} TEMPLATE template0 ENCODING 'UTF8'"
        f" LC_COLLATE {collate} LC_CTYPE {ctype}"
    )
