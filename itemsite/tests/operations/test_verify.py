"""A backup is restored beside the site, which proves that it is good."""

import re

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connection, connections

from items.tests.changes.history import sql
from itemsite.operations import server
from itemsite.operations.doctor import database
from itemsite.tests.clone import until
from itemsite.tests.database_url import database_url
from itemsite.tests.operations.commands import restore, start

pytestmark = pytest.mark.django_db(transaction=True)
SCRATCH = sql("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '_verify%'")


def test_a_backup_proves_itself(backup, capsys):
    restore(backup, "--verify")

    said = capsys.readouterr().out
    assert re.fullmatch(r"itemsite-[\w.-]+-\d{8}T\d{6}Z\.dump", backup.name)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert re.search("items: 2, changes: 3, .*accounts: 1, as of 20", said)
    assert SCRATCH() == []


def cut_in_the_dump(file):
    file.write_bytes(file.read_bytes()[:-20_000])


def cut_in_the_record(file):
    file.write_bytes(file.read_bytes()[:-2])


def cut_before_the_record(file):
    file.write_bytes(file.read_bytes().rstrip(b"\n").rpartition(b"\n")[0])


def turn_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def join_with_another_record(file):
    content = file.read_bytes()
    file.write_bytes(content[:50] + content)


def empty(file):
    file.write_bytes(b"")


DAMAGES = [
    cut_in_the_dump,
    cut_in_the_record,
    cut_before_the_record,
    turn_a_bit,
    join_with_another_record,
    empty,
]


@pytest.mark.long
def test_what_is_damaged_is_refused(backup):
    good = backup.read_bytes()
    for damage in DAMAGES:
        backup.write_bytes(good)
        damage(backup)
        with pytest.raises(CommandError, match="Take another backup"):
            restore(backup, "--verify")


@pytest.mark.long
@pytest.mark.parametrize("table", [b"items_item", b"django_migrations"])
def test_a_file_without_tables_of_itemsite_is_refused(backup, table):
    backup.write_bytes(backup.read_bytes().replace(b'"%b": {' % table, b'"other": {'))

    with pytest.raises(CommandError, match="has no tables of itemsite"):
        restore(backup, "--verify")


@pytest.mark.long
def test_contents_that_differ_are_named(backup):
    content = backup.read_bytes()
    backup.write_bytes(re.sub(rb'("items_item": {"rows": 2, "hash": ")', rb"\g<1>9", content))

    with pytest.raises(CommandError, match="items_item: the same number of rows, but not"):
        restore(backup, "--verify")
    assert SCRATCH() == []


@pytest.mark.long
def test_what_a_killed_verification_left_is_found_and_dropped(backup):
    process = start("restore", backup, "--verify")
    until(SCRATCH)
    process.kill()
    process.wait()
    [[name]] = SCRATCH()
    [finding] = until(verifications)  # psql has ended

    restore(backup, "--verify")

    assert finding.mend == f'DROP DATABASE "{name}";'
    assert SCRATCH() == []


def verifications():
    with server.connect() as connection:
        return list(database.verifications(connection))


@pytest.fixture
def made():
    """Give a function that creates a database beside that of the test."""
    names = []

    def make(ending):
        names.append(connection.settings_dict["NAME"] + ending)
        sql(f'CREATE DATABASE "{names[-1]}"')()
        return names[-1]

    yield make
    for name in names:
        sql(f'DROP DATABASE IF EXISTS "{name}"')()


@pytest.mark.long
def test_a_database_in_use_or_of_another_name_is_not_dropped(backup, made):
    used, other = made("_verify_20250101_000000"), made("_verify")
    with psycopg.connect(database_url(used)):
        found = verifications()
        restore(backup, "--verify")
    left = SCRATCH()

    assert found == []
    assert sorted(left) == [(other,), (used,)]


@pytest.mark.long
def test_a_role_that_cannot_create_a_database_gets_the_line(backup, monkeypatch):
    options = connections["default"].settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", "-c role=pg_database_owner")

    with pytest.raises(CommandError, match=r"ALTER ROLE .* CREATEDB;"):
        restore(backup, "--verify")
