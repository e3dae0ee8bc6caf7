"""The site's PostgreSQL: connections beside the pool, and programs of the server's version."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from itemsite.embedded import binaries
from itemsite.embedded.binaries import EmbeddedPostgresError

PROGRAMS = ("pg_dump", "pg_restore", "psql")
NO_TIMEOUTS = """
    SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0
"""


class OperationError(Exception):
    """Says what is wrong, then what to do."""


def connect(database: str | None = None) -> psycopg.Connection:
    """Open a connection of its own without time-outs, in autocommit mode."""
    try:
        connection = psycopg.connect(**_parameters(database), autocommit=True)
    except psycopg.Error as error:
        raise OperationError(
            f"DATABASE_URL: {first_line(error)}. What helps: manage.py doctor"
        ) from error
    connection.execute(NO_TIMEOUTS)
    return connection


def is_pooled(connection: psycopg.Connection) -> bool:
    """Tell whether it leads to PgBouncer, which gives a process number of its own."""
    [(pid,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
    return pid != connection.info.backend_pid


def database_of(connection: psycopg.Connection) -> str | None:
    """Return the name of the database with its cluster's number; None without the right to ask."""
    [(may_ask,)] = connection.execute(
        "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"
    ).fetchall()
    if not may_ask:
        return None
    [(name, cluster)] = connection.execute(
        "SELECT current_database(), system_identifier FROM pg_control_system()"
    ).fetchall()
    return f"{name} of {cluster}"


def first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]


def _parameters(database: str | None) -> dict:
    return connections["default"].get_connection_params() | (
        {"dbname": database} if database else {}
    )


def login(database: str | None = None) -> tuple[str, dict[str, str]]:
    """Return how programs connect, and their environment: a password is in that alone."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    parameters = {name: value for name, value in _parameters(database).items() if name in known}
    environment = os.environ | {"LC_ALL": "C"}
    if password := parameters.pop("password", None):
        environment["PGPASSWORD"] = password
    return make_conninfo("", **parameters), environment


def find_programs(major: int) -> Path:
    """Return the folder with the client programs of a major version; raise OperationError."""
    for folder in _folders(major):
        if all((folder / name).exists() for name in PROGRAMS) and _major_of(folder) == major:
            return folder
    raise OperationError(
        f"The server is PostgreSQL {major}, and its {', '.join(PROGRAMS)} are not installed. Debian"
        f" and Ubuntu: sudo apt install postgresql-client-{major} (from apt.postgresql.org, if your"
        f" release has another version); macOS: brew install postgresql@{major}. If they are"
        " installed, name their folder: PG_BIN=/path/to/bin"
    )


def _folders(major: int) -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    yield Path(f"/usr/lib/postgresql/{major}/bin")  # Debian
    yield Path(f"/usr/pgsql-{major}/bin")  # the packages of postgresql.org for Fedora
    for homebrew in ("/opt/homebrew", "/usr/local"):
        yield Path(f"{homebrew}/opt/postgresql@{major}/bin")
    if found := shutil.which("pg_dump"):
        yield Path(found).parent
    try:
        yield binaries.find()  # the private PostgreSQL's
    except EmbeddedPostgresError:
        return


def _major_of(folder: Path) -> int | None:
    try:
        said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True)
        return int(said.stdout.split()[2].partition(".")[0])
    except (OSError, IndexError, ValueError):  # built for another machine, for example
        return None
