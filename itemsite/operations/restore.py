"""Restore a backup: into the site's database, or into one of its own to prove that it works.

psql runs what pg_restore writes, in one transaction. It is committed only after pg_restore came to
the end, so whatever happens in between, everything stays as it was.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any, cast

import psycopg

from itemsite.operations.contents import Content, count_tables, differences
from itemsite.operations.scratch import scratch_database
from itemsite.operations.server import (
    NO_TIMEOUTS,
    OperationError,
    connect,
    find_programs,
    is_pooled,
    login,
)

EXTENSIONS = ("pg_trgm", "unaccent")  # others need a superuser, and are an administrator's matter
HAS_TABLES = """
    SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p'))
"""
# A role sees of other roles' connections that they exist, but not their programs.
OTHERS = """
    SELECT coalesce(nullif(application_name, ''), 'unknown'), count(*)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
    GROUP BY 1 ORDER BY 1
"""
# What extensions brought stays.
EMPTY = """
SET LOCAL lock_timeout = '30s';
SET LOCAL client_min_messages = warning;
DO $$
DECLARE
    lines text[] := ARRAY(  -- all of them first: what CASCADE dropped has no name any more
        SELECT format('DROP %s IF EXISTS %s CASCADE', CASE relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            ELSE 'TABLE' END, oid::regclass)
        FROM pg_class AS object
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                AND objid = object.oid AND deptype IN ('e', 'i'))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
        FROM pg_proc AS object
        WHERE pronamespace = current_schema()::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
                AND objid = object.oid AND deptype = 'e'));
    line text;
BEGIN
    FOREACH line IN ARRAY lines LOOP
        EXECUTE line;
    END LOOP;
END
$$;
"""


def is_empty(connection: psycopg.Connection) -> bool:
    [(has_tables,)] = connection.execute(HAS_TABLES).fetchall()
    return not has_tables


def others(connection: psycopg.Connection) -> str:
    """Say who else is connected to the database, as "3 (itemsite: 2, psql: 1)"; "" if nobody is."""
    counts = connection.execute(OTHERS).fetchall()
    programs = ", ".join(f"{program}: {count}" for program, count in counts)
    return f"{sum(count for _, count in counts)} ({programs})" if counts else ""


def verify(file: Path, record: dict[str, Any]) -> None:
    """Restore a backup into a database of its own, compare and drop it; raise OperationError."""
    with connect() as server:
        _check_server(server, record)
        with scratch_database(server) as scratch:
            _verify(file, record, server, scratch)


def _verify(
    file: Path, record: dict[str, Any], server: psycopg.Connection, scratch: psycopg.Connection
) -> None:
    _load(file, server, scratch.info.dbname, "")
    _compare(record, count_tables(scratch, record["schema"]))


def replace(file: Path, record: dict[str, Any], connection: psycopg.Connection) -> None:
    """Put a backup into the site's database, in place of all that is in it."""
    _check_server(connection, record)
    _load(file, connection, None, EMPTY)
    told = "If the site was running, it may have written since. "
    _compare(record, count_tables(connection, record["schema"]), told)


def _check_server(connection: psycopg.Connection, record: dict[str, Any]) -> None:
    major = connection.info.server_version // 10_000
    if record["postgres"] > major:
        made_by = record["postgres"]
        raise OperationError(
            f"The backup is from PostgreSQL {made_by}, but the server is {major}. Restore it into"
            f" PostgreSQL {made_by} or newer."
        )
    if is_pooled(connection):
        raise OperationError(
            "DATABASE_URL leads to PgBouncer, where settings of a restore would stay for others."
            " Name PostgreSQL itself."
        )


def _compare(record: dict[str, Any], found: dict[str, Content], told: str = "") -> None:
    if lines := differences(record["tables"], found):
        text = f"It was restored, but differs from what the backup recorded. {told}"
        raise OperationError(text + "; ".join(lines))


def _load(file: Path, server: psycopg.Connection, database: str | None, before: str) -> None:
    """Run SQL and then the backup's in one transaction of a database; raise OperationError."""
    folder = find_programs(server.info.server_version // 10_000)
    place, environment = login(database)
    psql = [folder / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={place}"]
    with TemporaryFile() as said, _list_of_contents(folder, file) as contents:
        options = ["--no-owner", "--no-comments", f"--use-list={contents}", "--file=-"]
        archive = [folder / "pg_restore", *options, str(file)]
        if not _is_committed(archive, psql, environment, before, said):
            said.seek(0)
            text = said.read().decode(errors="replace").strip()
            raise OperationError(f"Nothing was restored, and nothing changed. {text}")


def _is_committed(
    archive: list, psql: list, environment: dict[str, str], before: str, said: IO[bytes]
) -> bool:
    """Send what pg_restore writes to psql, then COMMIT; without that, psql rolls back."""
    with subprocess.Popen(
        psql,
        bufsize=0,  # pg_restore writes to the same pipe
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
    ) as running:
        stdin = cast(IO[bytes], running.stdin)
        with suppress(BrokenPipeError):  # psql ended at an error
            stdin.write(f"{NO_TIMEOUTS};\nBEGIN;\n{before}".encode())
            if subprocess.run(archive, stdout=stdin, stderr=said).returncode != 0:
                return False
            stdin.write(b"ANALYZE;\nCOMMIT;\n")
    return running.returncode == 0


@contextmanager
def _list_of_contents(folder: Path, file: Path) -> Iterator[str]:
    """Give a list of what pg_restore takes from a backup: all but other people's extensions."""
    listed = subprocess.run(
        [folder / "pg_restore", "--list", str(file)], capture_output=True, text=True
    )
    if listed.returncode != 0:
        raise OperationError(
            f"{file} cannot be read by this server's version: {listed.stderr.strip()}"
        )
    lines = [line for line in listed.stdout.splitlines(keepends=True) if not _is_foreign(line)]
    with NamedTemporaryFile("w") as contents:
        contents.writelines(lines)
        contents.flush()
        yield contents.name


def _is_foreign(line: str) -> bool:
    """Tell whether a line is an extension that the site does not need."""
    before, found, name = line.partition(" EXTENSION - ")
    return bool(found) and ";" in before and name.split()[0] not in EXTENSIONS
