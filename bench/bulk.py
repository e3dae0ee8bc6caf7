"""Bulk work: manage.py import_items and psql's \\copy, in turn, of one file into the same table."""

import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path

from bench import databases
from bench.databases import Database
from bench.processes import ROOT
from bench.progress import say
from bench.servers import ITEMSITE, OURS
from itemsite.embedded import binaries

IMPORT, COPY = "manage.py import_items", "psql \\copy"


def measure(file: Path, size: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each took for a file of `size` items, start to end, every round."""
    database = Database("bench_bulk", ITEMSITE.table)
    seconds = defaultdict(list)
    with databases.created(database):
        ITEMSITE.prepare(database)
        for number in range(1, rounds + 1):
            for name, command in _commands(database, file).items():
                database.empty()
                started = time.monotonic()
                ITEMSITE.run(command, database)
                seconds[name].append(time.monotonic() - started)
                if database.count_rows() != size:
                    sys.exit(f"bench: {name} did not bring in {size:,} items.")
                say(f"{name}, round {number}: {size / seconds[name][-1]:,.0f} items/s")
    return seconds


def _commands(database: Database, file: Path) -> dict[str, list[str | Path]]:
    file = file.relative_to(ROOT)  # whose own path may need quoting
    copy = f"\\copy {database.table} (name, description) from '{file}' with ({databases.CSV})"
    psql = [_psql(), "--no-psqlrc", "--quiet", database.url, "--command", copy]
    return {IMPORT: [OURS, "manage.py", "import_items", file], COPY: psql}


def _psql() -> Path:
    """Return the psql of the private PostgreSQL, which some packages leave out, or another."""
    found = shutil.which("psql", path=str(binaries.find())) or shutil.which("psql")
    if not found:
        sys.exit("bench: psql is missing. On Debian or Ubuntu: apt install postgresql-client")
    return Path(found)
