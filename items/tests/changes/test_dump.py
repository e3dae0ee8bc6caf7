"""The history in dumps of the database, and with other roles.

In a file of its own, as test_at_once.py: after each test all tables are emptied.
"""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from items.changes.recording import Author
from items.changes.undo import undo
from items.models import ChangeSet, Item
from items.tests.changes.history import ADA, add, delete_all, made_by, rename, sql
from itemsite.embedded import binaries, cluster
from itemsite.serving import startup
from itemsite.tests.database_url import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
HISTORY = "SELECT * FROM items_history ORDER BY item_id, version"
ITEMS = "SELECT id, version, name, description, created_at, updated_at FROM items_item ORDER BY id"
NAME, SECRET = "Bartholomew", "Zanzibar's password"


def this_database():
    return connection.settings_dict["NAME"]


def run(program, *arguments):
    done = binaries.run(program, *arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout


def dump(*options):
    return run("pg_dump", *options, f"--dbname={database_url(this_database())}")


def test_a_dump_has_neither_what_was_erased_nor_who_was_forgotten(capsys):
    bartholomew = User.objects.create_user(NAME)
    author = Author("page", bartholomew.pk, NAME)
    made = made_by(author, add("Lamp"))
    made_by(author, rename("Lamp", SECRET))
    made_by(author, rename(SECRET, "Vase"))
    item = Item.objects.get()
    assert SECRET in dump()
    assert NAME in dump()

    call_command("erase_history", str(item.pk), str(item.version))
    bartholomew.delete()
    assert NAME in dump()  # an account that is deleted leaves its name
    call_command("forget_person", NAME)

    assert SECRET not in dump()
    assert NAME not in dump()
    assert undo(made, ADA).kept_count == 1


@pytest.fixture
def folder():
    """Give a folder for PostgreSQL's programs, which another account may run."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_restored_dump_has_the_same_history_and_goes_on(folder):
    made = made_by(ADA, add("Lamp", "Vase"))
    made_by(ADA, rename("Lamp", "Lantern"))
    undo(made_by(ADA, delete_all), ADA)
    undo(made, ADA)
    before = [sql(order)() for order in (ITEMS, HISTORY)]
    dump("--format=custom", f"--file={folder / 'dump'}")

    with a_copy() as url:
        run("pg_restore", "--no-owner", f"--dbname={url}", folder / "dump")
        with psycopg.connect(url) as copy:
            assert [copy.execute(order).fetchall() for order in (ITEMS, HISTORY)] == before
            copy.execute("INSERT INTO items_item (name) VALUES ('Clock')")
            copy.execute("UPDATE items_item SET name = 'Watch' WHERE name = 'Clock'")
            copy.commit()
            newest = f"SELECT old_name, new_name FROM ({HISTORY}) AS h WHERE kind = 'c'"
            assert copy.execute(f"{newest} ORDER BY change_set_id DESC LIMIT 1").fetchall() == [
                ("Clock", "Watch")
            ]


@contextmanager
def a_copy():
    """Give the URL of an empty database beside that of the tests."""
    name = f"{this_database()}_copy"
    with psycopg.connect(database_url(this_database()), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        yield database_url(name)
        server.execute(f"DROP DATABASE {name}")


def superuser():
    """Return a connection that may create roles."""
    if startup.has_database_url():
        return psycopg.connect(database_url(this_database()), autocommit=True)
    return cluster.connect_as_superuser(this_database())


def test_a_role_with_rights_on_the_items_alone_is_recorded():
    made_by(ADA, add("Lamp"))
    role = f"{this_database()}_other"
    with superuser() as server:
        server.execute(f"DROP ROLE IF EXISTS {role}")
        server.execute(f"CREATE ROLE {role}")
        server.execute(f"GRANT SELECT, UPDATE, DELETE ON items_item TO {role}")
        server.execute(f"SET ROLE {role}")
        server.execute("SET search_path = ''")
        server.execute("UPDATE public.items_item SET name = 'Vase'")
        server.execute("DELETE FROM public.items_item")
        server.execute("RESET ROLE; RESET search_path")
        server.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")

    made = ChangeSet.objects.order_by("-id")[:2].values_list("way", "changed", "deleted")
    assert list(made) == [("database", 0, 1), ("database", 1, 0)]
