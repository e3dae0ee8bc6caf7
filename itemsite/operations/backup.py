"""Backups: a dump by pg_dump and, at its end, a record of what it contains.

The file has its name only when it is complete: it is written, read again by pg_restore and saved
to the disk under a temporary name.
"""

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from itemsite.operations.contents import NEEDED, count_tables, summary
from itemsite.operations.record import append_record, made_at, read_record
from itemsite.operations.server import (
    OperationError,
    connect,
    database_of,
    find_programs,
    first_line,
    login,
)

TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"itemsite-(?P<site>.+)-(?P<time>\d{8}T\d{6}Z)\.dump")
UNFINISHED = ".unfinished"
# An upload waits for its import for a day at most, and a tally counts minutes.
DUMP = ("--format=custom", "--no-unlogged-table-data", "--lock-wait-timeout=60s")


@dataclass(frozen=True)
class Backup:
    file: Path
    summary: str


def take(folder: Path) -> Backup:
    """Save a backup in a folder; raise OperationError."""
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_left_over(folder)
        return _write(folder / f"itemsite-{site()}-{now:{TIME}}.dump", now)
    except OSError as error:
        if isinstance(error, PermissionError):
            raise OperationError(_not_writable(folder)) from error
        raise OperationError(f"{error.filename or folder}: {error.strerror}.") from error
    except psycopg.Error as error:
        raise OperationError(f"PostgreSQL reports: {first_line(error)}") from error


def _not_writable(folder: Path) -> str:
    account = getuser()
    return (
        f"The account {account} cannot write to {folder}. Choose another folder with --to, or run:"
        f" sudo chown {account} {folder}"
    )


def site() -> str:
    """Return the host name of the site, for names of files."""
    hosts = [host.strip(".[]") for host in settings.ALLOWED_HOSTS if host != "*"]
    name = urlsplit(settings.SITE_URL).hostname or (hosts or ["site"])[0]
    return re.sub(r"[^\w.-]", "_", name)


def backups(folder: Path, database: str | None) -> list[Path]:
    """Return the backups of a database in a folder, the newest first.

    The host name tells what is of this site if the database is not known, or not in the record.
    """
    found = [(NAME.fullmatch(path.name), path) for path in folder.iterdir()]
    ours = [
        (name["time"], path)
        for name, path in found
        if name and _is_ours(path, name["site"], database)
    ]
    return [path for _, path in sorted(ours, reverse=True)]


def _is_ours(path: Path, host: str, database: str | None) -> bool:
    recorded = _record(path).get("database")
    return recorded == database if recorded and database else host == site()


def _record(path: Path) -> dict[str, Any]:
    """Return the record of a backup; empty if it is not complete."""
    try:
        return read_record(path)
    except OperationError:
        return {}


def remove_older(made: Path, keep: int) -> int:
    """Remove the backups beside the one just made, but for the newest; return how many.

    What is no complete backup stays, and so does the one just made, whatever the clock said.
    """
    found = backups(made.parent, read_record(made)["database"])
    complete = {path: made_at(record) for path in found if (record := _record(path))}
    others = sorted(complete.keys() - {made}, key=lambda path: complete[path], reverse=True)
    older = others[keep - 1 :]
    for path in older:
        path.unlink(missing_ok=True)
    return len(older)


def _write(file: Path, now: datetime) -> Backup:
    with connect() as connection, _unfinished(file) as (new, lock):
        about = _dump(connection, new, lock) | {"made_at": now.isoformat()}
        append_record(new, about)
        new.rename(file)
        _save_folder(file.parent)
    return Backup(file, summary(about["tables"]))


@contextmanager
def _unfinished(file: Path) -> Iterator[tuple[Path, int]]:
    """Give a file under a temporary name, locked by all who write it, and remove it in the end."""
    new = file.with_name(f".{file.name}.{os.getpid()}{UNFINISHED}")
    lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield new, lock
    finally:
        new.unlink(missing_ok=True)
        os.close(lock)


def _remove_left_over(folder: Path) -> None:
    """Remove what killed backups left, but nothing that is being written."""
    for path in folder.glob(f".itemsite-*{UNFINISHED}"):
        with suppress(OSError), open(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _dump(connection: psycopg.Connection, file: Path, lock: int) -> dict[str, Any]:
    """Dump the database; return what was in it, from the same snapshot."""
    major = connection.info.server_version // 10_000
    folder = find_programs(major)
    database = database_of(connection)
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    [(snapshot, schema)] = connection.execute(
        "SELECT pg_export_snapshot(), current_schema()"
    ).fetchall()
    tables = count_tables(connection, schema)
    if not tables.keys() >= NEEDED:
        name = connection.info.dbname
        raise OperationError(f"Database {name} has no tables of itemsite. Check DATABASE_URL.")
    place, environment = login()
    arguments = [*DUMP, f"--snapshot={snapshot}", f"--file={file}", f"--dbname={place}"]
    _run([folder / "pg_dump", *arguments], env=environment, pass_fds=[lock])
    connection.execute("COMMIT")
    # It reads everything: the list of contents alone is complete in a dump that was cut.
    _run([folder / "pg_restore", f"--file={os.devnull}", str(file)])
    return {"postgres": major, "database": database, "schema": schema, "tables": tables}


def _run(command: list[Any], **options: Any) -> None:
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, errors="replace", **options
    )
    if ended.returncode != 0:
        program = Path(command[0]).name
        raise OperationError(
            f"{program} failed, and no backup was made: {ended.stderr.strip() or ended.returncode}"
        )


def _save_folder(folder: Path) -> None:
    """Have the new name on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
