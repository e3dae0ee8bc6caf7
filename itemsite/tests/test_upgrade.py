"""A database of an older version, brought up by the migrations of this one."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from itemsite.embedded import binaries
from itemsite.embedded.binaries import PROJECT
from itemsite.management.commands.migrate import WAITING
from itemsite.tests.clone import until
from itemsite.tests.database_url import database_url

pytestmark = [pytest.mark.django_db, pytest.mark.long]
OLD_DATABASE = PROJECT / "items/tests/data/database-before-0004.sql"
ITEMS = "SELECT id, name, description, created_at, updated_at, version FROM items_item ORDER BY id"
WAITS = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
# Dumps begin and end with it, and a random word.
GUARDS = ("\\restrict ", "\\unrestrict ")


def this_database():
    return connection.settings_dict["NAME"]


@pytest.fixture
def old_database():
    """Make a database as it was before migration 0004, and return its name."""
    name = f"{this_database()}_before_0004"
    with psycopg.connect(database_url(this_database()), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        with psycopg.connect(database_url(name)) as database:
            database.execute(OLD_DATABASE.read_text())
        yield name
        server.execute(f"DROP DATABASE {name}")


def migrate(name):
    with start_migrating(name) as migrating:
        said, errors = migrating.communicate()
    assert migrating.returncode == 0, errors
    return said


def start_migrating(name, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", *arguments],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": database_url(name)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def schema(url):
    """Return what pg_dump says of a database's tables, functions, indexes and rules."""
    dumped = binaries.run("pg_dump", "--schema-only", "--no-owner", f"--dbname={url}")
    assert dumped.returncode == 0, dumped.stdout
    return [line for line in dumped.stdout.splitlines() if not line.startswith(GUARDS)]


def rows(url, sql):
    with psycopg.connect(url) as database:
        return database.execute(sql).fetchall()


def test_an_older_database_is_migrated(old_database):
    before = rows(database_url(old_database), ITEMS)

    migrate(old_database)

    assert rows(database_url(old_database), ITEMS) == before
    assert [(pk, version) for pk, *_, version in before] == [(1, 3), (2, 2), (4, 1), (5, 1)]
    for table, count in [("items_apikey", 2), ("items_storedanswer", 1), ("auth_group", 2)]:
        assert rows(database_url(old_database), f"SELECT count(*) FROM {table}") == [(count,)]
    assert schema(database_url(old_database)) == schema(database_url(this_database()))
    assert "No migrations to apply" in migrate(old_database)


def test_rows_that_no_page_could_show_are_corrected(old_database):
    with psycopg.connect(database_url(old_database)) as database:
        database.execute(
            r"""
            UPDATE items_item SET description = E'a\r\nb\rc', updated_at = 'infinity' WHERE id = 1;
            UPDATE items_item SET name = U&'\061C', created_at = '-infinity' WHERE id = 2;
            UPDATE items_item SET id = -4, version = 0 WHERE id = 4;
            UPDATE items_apikey SET expires_at = 'infinity', last_used_at = '-infinity';
            """
        )

    migrate(old_database)

    items = "SELECT description, version FROM items_item WHERE id = 1"
    assert rows(database_url(old_database), items) == [("a\nb\nc", 5)]
    assert rows(database_url(old_database), "SELECT name FROM items_item WHERE id = 2") == [
        ("Item 2",)
    ]
    odd = "NOT (isfinite(created_at) AND isfinite(updated_at) AND id > 0 AND version > 0)"
    assert rows(database_url(old_database), f"SELECT id FROM items_item WHERE {odd}") == []
    ends = "SELECT DISTINCT expires_at, last_used_at FROM items_apikey"
    assert rows(database_url(old_database), ends) == [(None, None)]


def test_the_last_step_can_be_repeated(old_database):
    """Somebody may have dropped the column by hand."""
    with psycopg.connect(database_url(old_database)) as database:
        database.execute("ALTER TABLE items_item DROP COLUMN json")

    migrate(old_database)

    assert schema(database_url(old_database)) == schema(database_url(this_database()))


def test_while_it_waits_for_a_table_others_can_use_it(old_database):
    url = database_url(old_database)
    with psycopg.connect(url) as long_reader:
        long_reader.execute(ITEMS)
        with start_migrating(old_database) as migrating:
            told = migrating.stderr.readline().strip()
            until(lambda: rows(url, WAITS))
            read = rows(f"{url}?options=-c%20lock_timeout%3D3s", ITEMS)
            is_waiting = migrating.poll() is None
            long_reader.rollback()
            migrating.communicate()

    assert (told, migrating.returncode) == (WAITING, 0)
    assert read
    assert is_waiting
    assert schema(url) == schema(database_url(this_database()))


def test_where_there_is_no_way_back_one_can_go_forward(old_database):
    migrate(old_database)

    with start_migrating(old_database, "items", "0003") as migrating:
        _, errors = migrating.communicate()

    assert migrating.returncode == 1
    assert "There is no way back but a backup from before." in errors
    assert "Traceback" not in errors
    migrate(old_database)
    assert schema(database_url(old_database)) == schema(database_url(this_database()))
