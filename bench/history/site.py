"""itemsite in this process, on a database of the benchmark."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from bench.setup.databases import Database
from bench.setup.servers import NOW


def set_up(database: Database) -> None:
    """Make Django use the database, and create its tables."""
    os.environ |= NOW.environment(database, workers=1)
    os.environ["DJANGO_SETTINGS_MODULE"] = "itemsite.settings"
    import django

    django.setup()
    use(database)


def use(database: Database) -> None:
    """Turn to another database that is empty, and create its tables."""
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    connection.close_pool()  # its connections are to the other database
    connection.settings_dict["NAME"] = database.name
    call_command("migrate", verbosity=0)
    execute("SET statement_timeout = 0")


def execute(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


def value(sql: str) -> int | str:
    from items.database.sql import fetch

    return fetch(sql, [])[0][0]


def copy_items(file: Path) -> None:
    """Copy a CSV file with the columns name and description into the table of items."""
    from django.db import connection

    csv = "FORMAT csv, HEADER, FORCE_NOT_NULL (description)"  # an empty cell is an empty text
    order = f"COPY items_item (name, description) FROM STDIN ({csv})"
    with connection.cursor() as cursor, open(file, "rb") as rows, cursor.copy(order) as copy:
        while block := rows.read(1 << 20):
            copy.write(block)


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of some work, and those of CPU that PostgreSQL spends for it."""
    backend = value("SELECT pg_backend_pid()")
    cpu, started = cpu_seconds(backend), time.monotonic()
    work()
    return time.monotonic() - started, cpu_seconds(backend) - cpu


def cpu_seconds(pid: int | str) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
