"""Why the site cannot serve, for /readyz: never with a host, a user or a password."""

import re
import time
from threading import Lock

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from gevent import Timeout

from items.database.faults import Fault, fault_of
from items.database.snapshot_cache import is_gevent
from items.database.sql import fetch, renew_connection
from itemsite.operations import migrations

ANSWER_SECONDS = 1.4  # together with KEPT_SECONDS less than 2
KEPT_SECONDS = 0.5  # of an answer, however many ask
MIGRATED_SECONDS = 5  # until migrations are counted again, if none was pending
# What libpq says, and its reason. Its whole text names hosts and users.
SAID = {
    "Connection refused": "connection refused",
    "No such file or directory": "connection refused",  # a Unix socket without a server
    "timeout": "no answer",
    "timed out": "no answer",
    "No route to host": "no route to host",
    "Network is unreachable": "network is unreachable",
    "resolve host": "unknown host name",
    "translate host name": "unknown host name",
    "authentication failed": "authentication failed",
    "no password supplied": "authentication failed",
    "no pg_hba.conf entry": "pg_hba.conf does not allow the connection",
    "does not exist": "the database or the role does not exist",
    "starting up": "starting up",
    "shutting down": "shutting down",
    "in recovery mode": "recovering from a crash",
    "too many clients": "too many connections",
    "too many connections": "too many connections",
    "not permitted to log in": "the role cannot log in",
    "permission denied for database": "the role cannot connect to the database",
    "connection slots": "too many connections",
    "closed the connection": "connection closed",
    "session is": "no server is as target_session_attrs asks",
    "SSL": "no TLS connection",
    "certificate": "no TLS connection",
}


class _NoAnswerError(Exception):
    """Not gevent's Timeout, a BaseException: the pool would lose a connection to who waits."""


class _Kept:
    """The last answer of this process; probes come often, and from several sides."""

    reasons: list[str] = []
    until = migrated_until = 0.0  # time.monotonic()
    lock = Lock()


def reasons() -> list[str]:
    """Return why the site cannot serve now; an empty list if it can."""
    if connection.in_atomic_block:  # in tests
        return _ask()
    with _Kept.lock:
        if time.monotonic() >= _Kept.until:
            _Kept.reasons = _ask_in_time()
            _Kept.until = time.monotonic() + KEPT_SECONDS
        return _Kept.reasons


def _ask_in_time() -> list[str]:
    try:
        with Timeout(ANSWER_SECONDS if is_gevent() else None, _NoAnswerError):
            return _ask()
    except _NoAnswerError:
        if connection.connection:
            connection.connection.close()  # its answer could still come
        return ["PostgreSQL: no answer"]
    finally:
        connection.close()


def _ask() -> list[str]:
    try:
        [[is_read_only]] = fetch("SELECT current_setting('transaction_read_only') = 'on'", ())
        pending = _count_pending()
        if not pending:
            fetch("SELECT FROM items_item LIMIT 1", ())
    except (DatabaseError, InterfaceError) as error:
        return [_why_unreached() if fault_of(error) is Fault.UNREACHED else _reason(error)]
    if is_read_only:
        renew_connection()  # another probe may find that it can write again
    text = f"{pending} migration{'s' * (pending > 1)} pending"
    return ["read-only"] * is_read_only + [text] * bool(pending)


def _count_pending() -> int:
    if time.monotonic() < _Kept.migrated_until and not connection.in_atomic_block:
        return 0
    [[has_table]] = fetch("SELECT to_regclass('django_migrations') IS NOT NULL", ())
    applied = fetch(migrations.APPLIED, ()) if has_table else []
    pending = len(migrations.find_pending({(app, name) for app, name in applied}))
    if not pending:
        _Kept.migrated_until = time.monotonic() + MIGRATED_SECONDS
    return pending


def _why_unreached() -> str:
    """Connect without the pool, which only says that it got no connection."""
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.Error as error:
        return _reason(error)
    return "PostgreSQL: all connections of this process are busy"


def _reason(error: BaseException) -> str:
    sqlstate = getattr(error.__cause__ or error, "sqlstate", None)
    if sqlstate:
        try:
            name = psycopg.errors.lookup(sqlstate).__name__  # such as InsufficientPrivilege
        except KeyError:
            return f"PostgreSQL: error {sqlstate}"
        return "PostgreSQL: " + re.sub("(?<!^)(?=[A-Z])", " ", name).lower()
    found = (SAID[text] for text in SAID if text in str(error))
    return f"PostgreSQL: {next(found, 'cannot be reached')}"
