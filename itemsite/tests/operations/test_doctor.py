"""Broken set-ups, and the line of the doctor that mends each.

Most are broken inside the test's transaction, which the checks of a connection see.
"""

import socket
import struct
import threading
import time
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection

from itemsite.operations.backup import site
from itemsite.operations.doctor import (
    configuration,
    connecting,
    database,
    examine,
    machine,
    postgres,
)
from itemsite.operations.doctor.findings import exit_status
from itemsite.operations.record import append_record

pytestmark = pytest.mark.django_db


def found(checks, *arguments):
    """Return the severity, the name of the check and the whole text of each finding."""
    findings = [finding for check in checks for finding in examine.run(check, *arguments)]
    return [(f.severity, f.check, f"{f.what}\n{f.mend}") for f in findings if f.severity != "note"]


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
    "the database is read-only": (
        "SET LOCAL default_transaction_read_only = on",
        ("fault", "read_only", "is read-only", "SET default_transaction_read_only = off;"),
    ),
}


def break_and_look(sql, checks):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return found(checks, connection.connection)


def assert_found(findings, expected):
    severity, check, *texts = expected
    assert [f for f in findings if f[:2] == (severity, check) and all(t in f[2] for t in texts)], (
        findings
    )


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


BREAK_SETTINGS = {
    "DEBUG": ({"DEBUG": True}, ("fault", "debug", "DEBUG=0")),
    "a weak key": ({"SECRET_KEY": "x" * 60}, ("fault", "secret_key", "easy to guess")),
    "no host": ({"ALLOWED_HOSTS": ["localhost"]}, ("warning", "hosts", "gets 400")),
    "every host": ({"ALLOWED_HOSTS": ["*"]}, ("warning", "hosts", "'items.example.org'")),
    "SITE_URL is not allowed": (
        {"ALLOWED_HOSTS": ["web"]},
        ("warning", "site_url", "ALLOWED_HOSTS='web,items.example.org'"),
    ),
    "a plain origin": (
        {"CSRF_TRUSTED_ORIGINS": ["http://items.example.org"]},
        ("warning", "csrf_origins", "CSRF_TRUSTED_ORIGINS=''"),
    ),
    "no proxy": ({"TRUSTED_PROXIES": []}, ("fault", "proxies", "in circles")),
    "HTTPS is off": ({"HTTPS": False}, ("warning", "site_url", "HTTPS=1")),
    "what Django warns of": ({"SECURE_HSTS_SECONDS": 0}, ("warning", "django_checks", "W004")),
}


@pytest.mark.parametrize(("values", "expected"), BREAK_SETTINGS.values(), ids=BREAK_SETTINGS)
def test_settings_that_do_not_fit_are_found(values, expected, settings):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECRET_KEY = "abcdefghij" * 6
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://items.example.org", ["items.example.org"]
    before = found(configuration.CHECKS)
    for name, value in values.items():
        setattr(settings, name, value)

    assert before == []
    assert_found(found(configuration.CHECKS), expected)


def test_trusting_every_proxy_is_found(settings):
    from itemsite.variables import networks

    settings.TRUSTED_PROXIES = networks("FORWARDED_ALLOW_IPS", ["*"])

    assert_found(found([configuration.proxies]), ("warning", "proxies", "'127.0.0.1,::1'"))


@pytest.fixture
def collected(settings, tmp_path):
    storage = {"BACKEND": "itemsite.static_files.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    settings.STATIC_ROOT = tmp_path
    return tmp_path


def test_static_files_that_are_not_collected_are_found(collected):
    line = "manage.py collectstatic --noinput"
    assert_found(found([machine.static_files]), ("fault", "static_files", line))

    (collected / "staticfiles.json").write_text('{"version": "1.1", "hash": "", "paths": {}}')
    assert_found(found([machine.static_files]), ("warning", "static_files", "is newer", line))


@pytest.mark.parametrize(("free", "severity"), [(5e8, "warning"), (5e7, "fault")])
def test_a_full_disk_is_found(monkeypatch, free, severity):
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)

    assert_found(found([machine.disks]), (severity, "disks", "MB free"))


def test_backups_that_are_missing_old_or_cut_are_found(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    line = "manage.py backup"
    assert_found(found([machine.backup_age]), ("warning", "backup_age", "no backup", line))

    old = tmp_path / f"itemsite-{site()}-20250101T000000Z.dump"
    old.touch(0o600)
    append_record(old, {"made_at": "2025-01-01T00:00:00+00:00"})
    assert_found(found([machine.backup_age]), ("warning", "backup_age", "days old", line))

    old.with_name(old.name.replace("2025", "2026")).touch()
    assert_found(found([machine.backup_age]), ("fault", "backup_age", "is not complete", line))


def test_a_secret_that_others_can_read_is_found(monkeypatch, tmp_path):
    (tmp_path / "secret_key").touch(0o644)
    monkeypatch.setattr(machine.startup, "SECRET_KEY_FILE", tmp_path / "secret_key")

    findings = found([machine.secret_files])

    assert_found(findings, ("warning", "secret_files", f"chmod 600 {tmp_path}/secret_key"))


def test_a_check_that_fails_ends_no_other(monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "many")

    findings = found([postgres.connections, postgres.clock], connection.connection)

    text = "The check of connections could not be made: WEB_CONCURRENCY: 'many' is not a number"
    assert_found(findings, ("warning", "connections", text))


REFUSALS = {
    'password authentication failed for user "itemsite"': "ALTER ROLE itemsite PASSWORD",
    'role "itemsite" does not exist': "CREATE ROLE itemsite LOGIN",
    'database "items" does not exist': "CREATE DATABASE items OWNER itemsite;",
    "sorry, too many clients already": "ALTER SYSTEM SET max_connections",
    "unsupported startup parameter: options": "ignore_startup_parameters = options",
    'no pg_hba.conf entry for host "10.0.0.1"': "host items itemsite ADDRESS",
    "the database system is starting up": "Wait",
}


@pytest.fixture
def refusing():
    """Give a function that returns the port of a server which refuses with some words."""
    listeners = []

    def refuse(words):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=answer, args=[listener, words], daemon=True).start()
        return listener.getsockname()[1]

    yield refuse
    for listener in listeners:
        listener.close()


def answer(listener, words):
    """Refuse as PostgreSQL's protocol wants it; encryption first, as libpq asks for it."""
    fields = f"SFATAL\0VFATAL\0C28000\0M{words}\0\0".encode()
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with closing(client):
            while client.recv(1024)[4:8] == struct.pack("!I", 80877103):  # SSLRequest
                client.sendall(b"N")
            client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)


@pytest.mark.parametrize(("words", "mend"), REFUSALS.items(), ids=REFUSALS.values())
def test_a_server_that_refuses_is_explained(monkeypatch, refusing, words, mend):
    about = {"host": "127.0.0.1", "port": refusing(words), "user": "itemsite", "dbname": "items"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: about | {"password": "Secret"})

    finding = examine.examine()[-1]

    assert (finding.severity, finding.check) == ("fault", "connection")
    assert words in finding.what
    assert mend in finding.mend
    assert "Secret" not in str(finding)


def test_the_command_tells_and_ends_with_the_worst(monkeypatch, capsys, refusing):
    about = {"host": "127.0.0.1", "port": refusing("the database system is shutting down")}
    monkeypatch.setattr(connection, "get_connection_params", lambda: about)

    with pytest.raises(SystemExit) as ended:
        call_command("doctor")

    said = capsys.readouterr().out
    assert ended.value.code == 2
    assert "FAULT    DATABASE_URL: " in said
    assert "      -> Wait, and look into PostgreSQL's log" in said


def test_the_status_is_that_of_the_worst():
    findings = [connecting.fault("", ""), database.note("", ""), machine.warning("", "")]

    assert [exit_status(findings[n:]) for n in range(4)] == [2, 1, 1, 0]
