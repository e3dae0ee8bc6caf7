"""Databases in itemsite's private PostgreSQL: one for each program and size, dropped at the end."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from itemsite.embedded import cluster

BLOCK_BYTES = 1 << 20  # of a file, sent to PostgreSQL at once


@dataclass(frozen=True)
class Database:
    name: str
    table: str

    @property
    def url(self) -> str:
        host = quote(str(cluster.socket_folder()), safe="")
        return f"postgresql://{cluster.NAME}@{host}/{self.name}"

    @property
    def asyncpg_url(self) -> str:
        return f"postgresql+asyncpg://{cluster.NAME}@/{self.name}?host={cluster.socket_folder()}"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def fill(self, file: Path) -> None:
        """Copy a CSV file into the empty table, and leave nothing for PostgreSQL to do later."""
        csv = "FORMAT csv, HEADER, FORCE_NOT_NULL (description)"  # an empty cell is an empty text
        sql = f"COPY {self.table} (name, description) FROM STDIN ({csv})"
        with self.connect() as connection:
            with open(file, "rb") as rows, connection.cursor().copy(sql) as copy:
                while block := rows.read(BLOCK_BYTES):
                    copy.write(block)
        self.vacuum()

    def vacuum(self) -> None:
        with self.connect() as connection:
            connection.execute("VACUUM (ANALYZE)")  # of the history too, which the rows began
        with cluster.connect_as_superuser() as connection:
            connection.execute("CHECKPOINT")

    def count_rows(self) -> int:
        with self.connect() as connection:
            return connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0]


@contextmanager
def created(databases: Iterable[Database]) -> Iterator[None]:
    """Create empty databases, and drop them at the end."""
    with cluster.connect_as_superuser() as connection:
        try:
            for database in databases:
                _drop(connection, database)
                connection.execute(f"CREATE DATABASE {database.name} OWNER {cluster.NAME}")
            yield
        finally:
            for database in databases:
                _drop(connection, database)


def _drop(connection: psycopg.Connection, database: Database) -> None:
    connection.execute(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")


@contextmanager
def logging_durations(databases: Iterable[Database]) -> Iterator[None]:
    """Make PostgreSQL log how long each statement takes, in connections made from now on."""
    with cluster.connect_as_superuser() as connection:
        for database in databases:
            connection.execute(f"ALTER DATABASE {database.name} SET log_duration = on")
        try:
            yield
        finally:
            for database in databases:
                connection.execute(f"ALTER DATABASE {database.name} RESET log_duration")


def commit(connection: psycopg.Connection) -> None:
    """End a transaction that could have written: after it, itemsite reads every list again."""
    connection.execute("SELECT pg_current_xact_id()")


def server_version() -> str:
    with cluster.connect_as_superuser() as connection:
        return connection.info.parameter_status("server_version")


def server_log() -> Path:
    return cluster.home() / "log"


def postmaster() -> int:
    """Return the process whose children do PostgreSQL's work."""
    return int((cluster.home() / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
