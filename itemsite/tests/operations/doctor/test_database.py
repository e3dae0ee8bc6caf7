"""A database or server that is broken: inside the test's transaction, which the checks see."""

import time

import pytest
from django.db import connection

from itemsite.operations.doctor import (
    database,
    postgres,
)
from itemsite.tests.operations.doctor.findings import assert_found, found

pytestmark = pytest.mark.django_db


def test_a_site_that_is_well_has_no_findings():
    checks = (*postgres.CHECKS, *database.CHECKS)

    assert found(checks, connection.connection) == []


BREAK_DATABASE = {
    "a migration is pending": (
        "DELETE FROM django_migrations WHERE name = '0008_spreadsheets'",
        ("fault", "migrations", "items.0008_spreadsheets", "manage.py migrate"),
    ),
    "the code is older": (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('items', '9999_new', now())",
        ("warning", "migrations", "has items.9999_new", "git pull"),
    ),
    "no pg_trgm": (
        "DROP EXTENSION pg_trgm CASCADE",
        ("fault", "extensions", "pg_trgm is missing", "CREATE EXTENSION pg_trgm;"),
    ),
    "an index is invalid": (
        "CREATE TABLE parts (id int) PARTITION BY LIST (id);"
        "CREATE TABLE part PARTITION OF parts DEFAULT; CREATE INDEX halfway ON ONLY parts (id)",
        ("warning", "indexes", "halfway is not valid", "REINDEX INDEX CONCURRENTLY halfway;"),
    ),
    "an index was left over": (
        "CREATE TABLE parts (id int) PARTITION BY LIST (id);"
        "CREATE TABLE part PARTITION OF parts DEFAULT; CREATE INDEX by_id_ccnew ON ONLY parts (id)",
        ("warning", "indexes", "by_id_ccnew", "DROP INDEX CONCURRENTLY by_id_ccnew;"),
    ),
    "a constraint was not validated": (
        "ALTER TABLE items_item ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
        ("warning", "constraints", "ALTER TABLE items_item VALIDATE CONSTRAINT positive;"),
    ),
    "a trigger is disabled": (
        "ALTER TABLE items_item DISABLE TRIGGER items_item_record_update",
        ("fault", "triggers", "ALTER TABLE items_item ENABLE TRIGGER items_item_record_update;"),
    ),
    "search_path leads elsewhere": (
        "CREATE SCHEMA other; SET LOCAL search_path = other",
        ("fault", "search_path", "in schema public, where", "SET search_path = public;"),
    ),
    "search_path leads elsewhere first": (
        "CREATE SCHEMA other; SET LOCAL search_path = other, public",
        ("warning", "search_path", "would come into other", "SET search_path = public;"),
    ),
    "no tables yet": (
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
        ("fault", "migrations", "admin.0001_initial", "manage.py migrate"),
    ),
}
BREAK_SERVER = {
    "a time-out is off": (
        "SET LOCAL lock_timeout = 0",
        ("warning", "timeouts", "without limit, although itemsite asks for 2s", "'2s';"),
    ),
    "a time-out is too long": (
        "SET LOCAL statement_timeout = '1min'",
        ("warning", "timeouts", "statement_timeout is 60s", "SET statement_timeout = '5s';"),
    ),
    "the server is read-only": (
        "SET LOCAL default_transaction_read_only = on",
        ("fault", "read_only", "is read-only", "ALTER SYSTEM SET default_transaction_read_only"),
    ),
}


def break_and_look(sql, checks):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return found(checks, connection.connection)


@pytest.mark.parametrize(("sql", "expected"), BREAK_DATABASE.values(), ids=BREAK_DATABASE)
def test_a_broken_database_is_found(sql, expected):
    assert_found(break_and_look(sql, database.CHECKS[1:]), expected)


@pytest.mark.parametrize(("sql", "expected"), BREAK_SERVER.values(), ids=BREAK_SERVER)
def test_a_server_that_is_set_otherwise_is_found(sql, expected, settings):
    options = "-c statement_timeout=5s -c lock_timeout=2s"
    settings.DATABASES["default"]["OPTIONS"]["options"] = options

    assert_found(break_and_look(sql, postgres.CHECKS), expected)


def test_too_many_workers_are_found(monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "200")

    findings = found([postgres.connections], connection.connection)

    assert_found(findings, ("warning", "connections", "ALTER SYSTEM SET max_connections = 1810;"))


def test_a_clock_that_is_wrong_is_found(monkeypatch):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 120)

    findings = found([postgres.clock], connection.connection)

    assert_found(findings, ("warning", "clock", "120 seconds apart", "timedatectl"))


def test_an_old_server_and_a_long_history_are_found(monkeypatch):
    monkeypatch.setattr(postgres, "END_OF_LIFE", dict.fromkeys(range(15, 30), postgres.date.min))
    monkeypatch.setattr(database, "LARGE_HISTORY", 0)

    findings = found([postgres.support, database.history], connection.connection)

    assert_found(findings, ("warning", "support", "gets no security updates"))
    assert_found(findings, ("warning", "history", "manage.py prune_history --older-than 365d"))


def test_a_check_that_fails_ends_no_other(monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "many")

    findings = found([postgres.connections, postgres.clock], connection.connection)

    text = "The check of connections could not be made: WEB_CONCURRENCY: 'many' is not a number"
    assert_found(findings, ("warning", "connections", text))
