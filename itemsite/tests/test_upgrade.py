"""A database of an older version, brought up by the migrations of this one."""

import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from itemsite.embedded import binaries
from itemsite.embedded.binaries import PROJECT

pytestmark = pytest.mark.django_db
FIRST_WAVE = PROJECT / "items/tests/data/database-of-the-first-wave.sql"
ITEMS = "SELECT id, name, description, created_at, updated_at, version FROM items_item ORDER BY id"
# Dumps begin and end with it, and a random word.
GUARDS = ("\\restrict ", "\\unrestrict ")


@pytest.fixture
def dsn():
    """Return a function that gives the connection string of one of the server's databases."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    settings = {names[key]: connection.settings_dict[key] for key in names}
    given = {key: value for key, value in settings.items() if value}
    return lambda name: make_conninfo(dbname=name, **given)


@pytest.fixture
def old_database(dsn):
    """Make a database as the first wave left it, and return its name."""
    name = f"{connection.settings_dict['NAME']}_first_wave"
    with psycopg.connect(dsn(connection.settings_dict["NAME"]), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        with psycopg.connect(dsn(name)) as database:
            database.execute(FIRST_WAVE.read_text())
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(name, *options):
    settings = connection.settings_dict
    login = ":".join(quote(word, "") for word in (settings["USER"], settings["PASSWORD"]) if word)
    place = f"{quote(settings['HOST'], '')}:{settings['PORT']}" if settings["PORT"] else ""
    place = place or quote(settings["HOST"], "")
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", *options],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": f"postgresql://{login}@{place}/{name}"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def schema(dsn):
    """Return what pg_dump says of a database's tables, functions, indexes and rules."""
    dumped = binaries.run("pg_dump", "--schema-only", "--no-owner", f"--dbname={dsn}")
    assert dumped.returncode == 0, dumped.stdout
    return [line for line in dumped.stdout.splitlines() if not line.startswith(GUARDS)]


def rows(dsn, sql):
    with psycopg.connect(dsn) as database:
        return database.execute(sql).fetchall()


def test_a_database_of_the_first_wave_is_brought_up(old_database, dsn):
    before = rows(dsn(old_database), ITEMS)

    migrate(old_database)

    assert rows(dsn(old_database), ITEMS) == before
    assert [(pk, version) for pk, *_, version in before] == [(1, 3), (2, 2), (4, 1), (5, 1)]
    for table, count in [("items_apikey", 2), ("items_storedanswer", 1), ("auth_group", 2)]:
        assert rows(dsn(old_database), f"SELECT count(*) FROM {table}") == [(count,)]
    assert schema(dsn(old_database)) == schema(dsn(connection.settings_dict["NAME"]))
    assert "No migrations to apply" in migrate(old_database)


def test_the_last_step_can_be_repeated(old_database, dsn):
    """Somebody may have dropped the column by hand."""
    with psycopg.connect(dsn(old_database)) as database:
        database.execute("ALTER TABLE items_item DROP COLUMN json")

    migrate(old_database)

    assert schema(dsn(old_database)) == schema(dsn(connection.settings_dict["NAME"]))
