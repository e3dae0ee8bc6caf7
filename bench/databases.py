"""Databases in itemsite's private PostgreSQL: one for each server and size, dropped at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from itemsite.embedded import cluster

CSV = "FORMAT csv, HEADER, FORCE_NOT_NULL (description)"  # an empty cell is an empty text
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
        with self.connect() as connection, connection.cursor() as cursor:
            order = f"COPY {self.table} (name, description) FROM STDIN ({CSV})"
            with open(file, "rb") as rows, cursor.copy(order) as copy:
                while block := rows.read(BLOCK_BYTES):
                    copy.write(block)
            cursor.execute(f"VACUUM (ANALYZE) {self.table}")
        with cluster.connect_as_superuser() as connection:
            connection.execute("CHECKPOINT")

    def empty(self) -> None:
        with self.connect() as connection:
            connection.execute(f"TRUNCATE {self.table}")

    def count_rows(self) -> int:
        with self.connect() as connection:
            return connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0]

    @contextmanager
    def logging_statements(self) -> Iterator[None]:
        """Let PostgreSQL log how long each statement takes, in connections made meanwhile."""
        with cluster.connect_as_superuser() as connection:
            setting = f"ALTER DATABASE {self.name} {{}} log_min_duration_statement"
            connection.execute(setting.format("SET") + " = 0")
            try:
                yield
            finally:
                connection.execute(setting.format("RESET"))


@contextmanager
def created(*databases: Database) -> Iterator[None]:
    """Make the databases anew, and drop them at the end."""
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


def commit_something() -> None:
    """End a transaction that could have written, after which itemsite reads all anew."""
    with cluster.connect_as_superuser() as connection:
        connection.execute("SELECT pg_current_xact_id()")


def server_version() -> str:
    with cluster.connect_as_superuser() as connection:
        return connection.info.parameter_status("server_version")


def server_log() -> Path:
    return cluster.home() / "log"


def postmaster() -> int:
    """Return the process whose children do PostgreSQL's work."""
    return int((cluster.home() / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
