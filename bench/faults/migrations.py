"""The schema changes under load; older and newer code meet each other's schema."""

import subprocess
import tarfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.faults.lab import GUNICORN, OPEN, Lab
from bench.faults.ledger import ask_once, steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of
from bench.faults.postgres import Postgres
from bench.progress import say
from bench.setup.servers import ROOT
from itemsite.tests.clone import Server

ROWS = 600_000
MIGRATIONS = "items/migrations"
FILL = f"""
    ALTER TABLE items_item DISABLE TRIGGER USER;
    INSERT INTO items_item (name, description)
        SELECT 'Box ' || n, 'a shelf' FROM generate_series(1, {ROWS}) AS n;
    ALTER TABLE items_item ENABLE TRIGGER USER;
"""
READING_SECONDS = 6
ADD_COLUMN = "ALTER TABLE items_item ADD COLUMN fault text NOT NULL DEFAULT ''"
ADDS_COLUMN = f"""
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("items", "{{}}")]
    operations = [migrations.RunSQL("{ADD_COLUMN}")]
"""
PAGES = ("/items/", "/items/?q=fault", "/items/new/", "/changes/", "/docs/")


def build_index(lab: Lab, *, how: str) -> Figures:
    with lab.site() as (server, postgres):
        with postgres.connect() as connection:
            connection.execute(FILL)
            connection.execute("VACUUM ANALYZE items_item")
        with steady_load(server) as ledger, postgres.connect() as connection:
            connection.execute(f"CREATE INDEX {how} fault ON items_item (description, name, id)")
            ledger.fault_ended()
        return figures_of(ledger, postgres)


def add_column(lab: Lab, *, add: Callable[[Lab, Postgres], None]) -> Figures:
    """Add a column while somebody reads for long; `stall` is what others wait."""
    with lab.site() as (server, postgres):
        with steady_load(server) as ledger, postgres.connect() as reader:
            reader.autocommit = False
            reader.execute("SELECT FROM items_item")
            with ThreadPoolExecutor(1) as administrator:
                added = administrator.submit(add, lab, postgres)
                time.sleep(READING_SECONDS)
                reader.rollback()
                added.result()
            ledger.fault_ended()
        return figures_of(ledger, postgres)


def add_by_migration(lab: Lab, postgres: Postgres) -> None:
    migration = lab.clone.folder / MIGRATIONS / "0999_fault.py"
    migration.write_text(ADDS_COLUMN.format(_migrations()[-1].removesuffix(".py")))
    try:
        _migrate(lab, postgres)
    finally:
        migration.unlink()


def _migrate(lab: Lab, postgres: Postgres) -> None:
    variables = {"DATABASE_URL": postgres.url, "SECRET_KEY": "-" * 50}
    migrated = lab.clone.manage("migrate", **variables)
    assert migrated.returncode == 0, migrated.stderr


def add_at_once(lab: Lab, postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute(ADD_COLUMN)


def upgrade(lab: Lab) -> Figures:
    """Migrate from the schema before the newest migration while that older code serves.

    `failed` counts pages of older code on the new schema, and of new code on the old one, that
    are not there.
    """
    older = _older_code(lab)
    postgres = Postgres(lab.new_folder("upgrade"))
    postgres.create()
    try:
        server = lab.start_site(postgres.url, cwd=older).wait_for_address()
        new = lab.start_site(postgres.url, GUNICORN, **OPEN)
        try:
            new.wait_for_address()
            with steady_load(server) as ledger:
                failed = _failed(new, "new code, old schema")
                ledger.fault_ended()
                _migrate(lab, postgres)
                ledger.fault_ended()
                time.sleep(2)
                failed += _failed(server, "old code, new schema") + _failed(new, "new")
        finally:
            new.stop()
            server.stop()
        return figures_of(ledger, postgres, failed=failed)
    finally:
        postgres.stop()


def _failed(server: Server, when: str) -> int:
    """Count the pages that are not there, and say which."""
    accept = {"Accept": "text/html"}
    statuses = {path: ask_once(server, "GET", path, None, accept) for path in PAGES}
    failed = {path: status for path, status in statuses.items() if status != 200}
    if failed:
        say(f"upgrade: {when}: {failed}")
    return len(failed)


def _migrations() -> list[str]:
    return sorted(path.name for path in (ROOT / MIGRATIONS).glob("0*.py"))


def _older_code(lab: Lab) -> Path:
    """Return a folder with the last commit that has all migrations but the newest one."""
    *older, _ = _migrations()
    commits = _git("log", "--format=%H", "--", MIGRATIONS).decode().split()
    for commit in commits:
        listed = _git("ls-tree", "--name-only", commit, f"{MIGRATIONS}/").decode().split()
        if [Path(path).name for path in listed if "/0" in path] == older:
            break
    else:
        raise NotRun("there is no history of commits, which older code is taken from")
    folder = lab.own_folder("older")
    archive = folder / "code.tar"
    archive.write_bytes(_git("archive", commit))
    with tarfile.open(archive) as code:
        code.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    except FileNotFoundError:
        raise NotRun("git is not installed") from None
    return done.stdout


INDEX = f"an index built on {ROWS:,} items"
READ = f"a migration adds a column while somebody reads for {READING_SECONDS} s"
LIMITS = {"stall": 0.5, "busy": 0, "cut": 0}
EXPERIMENTS = [
    Experiment("build-index", INDEX, partial(build_index, how="CONCURRENTLY"), LIMITS),
    Experiment("build-index", INDEX, partial(build_index, how=""), LIMITS, control="CONCURRENTLY"),
    Experiment(
        "add-column", READ, partial(add_column, add=add_by_migration), {"stall": 1, "recovery": 2}
    ),
    Experiment(
        "add-column",
        READ,
        partial(add_column, add=add_at_once),
        {"stall": 1},
        control="manage.py migrate, which waits in short turns",
    ),
    Experiment(
        "upgrade",
        "the newest migration under load, older and newer code before and after it",
        upgrade,
        {"failed": 0},
    ),
]
