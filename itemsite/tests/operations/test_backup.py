"""Backups and restores: what looks good is good.

In a file of its own, as items/tests/changes/test_dump.py: after each test all tables are emptied.
"""

import re
import resource
import signal
import subprocess

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from items.models import Change, ChangeSet, Item, Upload
from items.tests.changes.history import ADA, add, made_by, sql
from itemsite.operations import server
from itemsite.operations.backup import backups, remove_older
from itemsite.operations.doctor import machine
from itemsite.operations.record import append_record, read_record
from itemsite.tests.clone import until
from itemsite.tests.database_url import database_url
from itemsite.tests.operations.commands import restore, start

pytestmark = pytest.mark.django_db(transaction=True)
HISTORY = sql("SELECT * FROM items_history ORDER BY item_id, version")
OLD = "20250101T000000Z.dump"
WAITING = sql("""
    SELECT query FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
""")
RESTORING = sql("""
    SELECT query FROM pg_stat_activity
    WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
""")


@pytest.mark.long
def test_a_restore_brings_back_what_was_and_goes_on(backup):
    before = HISTORY()
    last_id = Item.objects.latest("id").pk
    sets, changes = ChangeSet.objects.count(), Change.objects.count()
    made_by(ADA, add("Later"))
    Item.objects.filter(name="Lantern").delete()
    User.objects.all().delete()

    restore(backup, "--replace", "--yes")
    restore(backup, "--replace", "--yes")  # tables are found in another order then
    restored = HISTORY()
    connection.close()
    made_by(ADA, add("Clock"))

    assert restored == before
    assert set(Item.objects.values_list("name", flat=True)) == {"Lantern", "Vase", "Clock"}
    assert User.objects.get().username == "ada"
    assert Item.objects.get(name="Clock").pk > last_id
    assert (ChangeSet.objects.count(), Change.objects.count()) == (sets + 1, changes + 1)
    assert Upload.objects.count() == 0  # unlogged: a day's at most
    nobody_else = sql(
        "SELECT has_function_privilege('pg_monitor', 'items_item_record()', 'EXECUTE')"
    )
    assert nobody_else() == [(False,)]


@pytest.mark.long
def test_a_database_that_is_not_empty_is_replaced_only_if_told(backup, monkeypatch, capsys):
    made_by(ADA, add("Later"))
    monkeypatch.setattr("builtins.input", lambda prompt: "production")

    with pytest.raises(CommandError, match="is not empty"):
        restore(backup, "--yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(backup, "--replace")

    # The test itself is connected, as a running site would be.
    assert re.search(r"Connections to database .*itemsite: \d.*Stop", capsys.readouterr().err)
    assert Item.objects.count() == 3


@pytest.mark.long
def test_a_restore_that_fails_changes_nothing(tmp_path):
    """What is in other schemas stays, so a table there is in the way of itself."""
    sql("CREATE SCHEMA IF NOT EXISTS other; CREATE TABLE other.reports ()")()
    call_command("backup", "--to", str(tmp_path))
    made_by(ADA, add("Later"))

    with pytest.raises(CommandError, match=r'nothing changed.*schema "other" already exists'):
        restore(next(tmp_path.glob("*.dump")), "--replace", "--yes")
    sql("DROP SCHEMA other CASCADE")()

    assert Item.objects.get().name == "Later"


@pytest.mark.long
def test_only_older_backups_of_this_site_are_removed(tmp_path, settings):
    settings.SITE_URL = "https://items.example.org"
    ours = "itemsite-items.example.org-{}T000000Z.dump".format
    kept = [f"itemsite-other.example.org-{OLD}", "notes.txt", "items.dump", ours(99990101)]
    for name in kept:
        (tmp_path / name).touch()
    for day in (20250101, 20250102, 20250103, 99990102):  # a clock was ahead once
        (tmp_path / ours(day)).touch()
        append_record(tmp_path / ours(day), {"made_at": f"{day}T00:00:00Z"})

    call_command("backup", "--to", str(tmp_path), "--keep", "2")

    (made,) = set(tmp_path.iterdir()) - {tmp_path / name for name in [*kept, ours(99990102)]}
    assert read_record(made)["tables"]


@pytest.mark.long
def test_a_backup_belongs_to_its_database_whatever_the_site_is_called(tmp_path, settings):
    for host in ("old.example.org", "items.example.org"):
        settings.SITE_URL = f"https://{host}"
        call_command("backup", "--to", str(tmp_path))
    (newest,) = tmp_path.glob("itemsite-items*")
    others = newest.with_name(f"itemsite-items.example.org-{OLD}")
    about = read_record(newest)
    others.touch()
    append_record(others, about | {"database": "items of 1", "made_at": "2025-01-01T00:00:00Z"})
    settings.BACKUP_DIR = tmp_path
    with server.connect() as site:
        before = list(machine.backup_age(site))
        found = backups(tmp_path, server.database_of(site))

    assert remove_older(newest, 1) == 1

    assert (before, len(found)) == ([], 2)
    assert set(tmp_path.iterdir()) == {newest, others}


@pytest.mark.long
def test_a_database_without_tables_is_no_backup(tmp_path):
    name = connection.settings_dict["NAME"] + "_empty"
    with psycopg.connect(database_url("postgres"), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        try:
            process = start("backup", "--to", tmp_path, stderr=subprocess.PIPE, database=name)
            _, said = process.communicate()
        finally:
            administrator.execute(f"DROP DATABASE {name}")

    assert process.returncode == 1
    assert f"Database {name} has no tables of itemsite. Check DATABASE_URL." in said.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_backup_of_a_newer_postgresql_is_refused(backup):
    content = backup.read_bytes()
    newer = re.sub(rb'"postgres": \d+', b'"postgres": 99', content)
    backup.write_bytes(newer)

    with pytest.raises(CommandError, match="The backup is from PostgreSQL 99, but the server is"):
        restore(backup, "--verify")


@pytest.fixture
def locked():
    """Hold a lock that pg_dump waits for, and that counting the rows does not."""
    with psycopg.connect(database_url(connection.settings_dict["NAME"])) as holder:
        holder.execute("LOCK TABLE items_staged IN ACCESS EXCLUSIVE MODE")
        yield holder


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_backup_that_is_killed_leaves_nothing_that_looks_good(tmp_path, locked, number):
    older = tmp_path / "itemsite-localhost-20250101T000000Z.dump"
    older.touch()
    process = start("backup", "--to", tmp_path, "--keep", "1")
    until(WAITING)
    process.send_signal(number)
    process.wait()
    locked.rollback()
    left = backups(tmp_path, None)

    until(lambda: take(tmp_path) and not list(tmp_path.glob(".*")))  # pg_dump has ended
    assert left == [older]
    restore(backups(tmp_path, None)[0], "--verify")


def take(folder):
    call_command("backup", "--to", str(folder))
    return True


@pytest.mark.long
def test_what_is_written_in_the_meantime_is_not_in_it(tmp_path, locked, capfd):
    """The rows were counted, and pg_dump has not read them yet."""
    made_by(ADA, add("Lamp"))
    process = start("backup", "--to", tmp_path)
    until(WAITING)
    made_by(ADA, add("Vase"))
    locked.rollback()

    assert process.wait() == 0
    restore(backups(tmp_path, None)[0], "--verify")
    assert re.findall(r"items: \d+", capfd.readouterr().out) == ["items: 1"] * 2


@pytest.mark.long
def test_a_restore_that_is_killed_changes_nothing(tmp_path, locked):
    """It is killed while pg_restore waits for psql, which waits for a lock."""
    Item.objects.bulk_create(Item(name="Long", description="x" * 10_000) for _ in range(50))
    locked.rollback()
    take(tmp_path)
    locked.execute("LOCK TABLE items_staged IN ACCESS EXCLUSIVE MODE")
    made_by(ADA, add("Later"))

    process = start("restore", backups(tmp_path, None)[0], "--replace", "--yes")
    until(WAITING)
    process.kill()
    process.wait()
    locked.rollback()
    until(lambda: not RESTORING())

    assert Item.objects.count() == 51


def test_missing_programs_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "_folders", lambda major: [])

    with pytest.raises(CommandError, match=r"apt install postgresql-client-\d\d .*PG_BIN="):
        call_command("backup", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_file_that_cannot_grow_is_no_backup(tmp_path):
    limits = (4_000, resource.RLIM_INFINITY)  # bytes: as if the disk was full
    process = start(
        "backup",
        "--to",
        tmp_path,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )
    said = process.communicate()[1].decode()

    assert process.returncode == 1
    assert said.startswith("CommandError: pg_dump failed, and no backup was made")
    assert list(tmp_path.iterdir()) == []
