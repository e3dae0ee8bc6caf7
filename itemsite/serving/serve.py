"""bin/serve: prepare everything on this machine, then become gunicorn."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback for Ctrl-C while modules are loaded

import errno
import io
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
from django.core.management import CommandError, call_command

from itemsite.embedded import cluster
from itemsite.serving import startup
from itemsite.variables import listening_port

if TYPE_CHECKING:
    import psycopg

MIGRATION_LOCK = 4_697_420_311  # any number, but the same for all starts with one database
LOCK_PATIENCE_SECONDS = 5  # then the start says who holds the lock
TOLD_AGAIN_SECONDS = 60
HOLDERS = """
    SELECT pid, usename, coalesce(host(client_addr), 'this machine'),
        date_trunc('second', xact_start)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND database = (
            SELECT oid FROM pg_database WHERE datname = current_database()
        ) AND classid::bigint << 32 | objid::bigint = %s
"""
WAITING = (
    "itemsite: another start prepares the database: process {0} of PostgreSQL, role {1}, from {2},"
    " since {3}. Waiting for it. If it hangs: SELECT pg_terminate_backend({0});"
)
ADMIN = "admin"
PORT_PATIENCE_SECONDS = 3
BACKLOG = 2048  # clients that wait to be accepted; gunicorn's own default


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
    if len(sys.argv) > 1:
        sys.exit(
            "itemsite: bin/serve takes no arguments. Set variables such as PORT or BIND. They are"
            " listed in .env.example."
        )
    host, port = startup.listening_host(), listening_port()
    listener = _listen(host, port)
    startup.use_local_defaults(host)
    startup.read_settings()
    if not startup.has_database_url():
        startup.start_postgres()
        os.environ["ITEMSITE_POSTGRES_FD"] = str(cluster.keep_lock_through_exec())
    _prepare()
    if startup.has_terminal():
        os.environ["ITEMSITE_IN_TERMINAL"] = "1"
    os.set_inheritable(listener.fileno(), True)
    os.environ["ITEMSITE_LISTENER_FD"] = str(listener.fileno())
    os.environ["BIND"], os.environ["PORT"] = host, str(listener.getsockname()[1])
    # Until gunicorn handles signals, one would end it and leave PostgreSQL running.
    signal.pthread_sigmask(signal.SIG_BLOCK, cluster.ENDING_SIGNALS)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn"])


def _listen(host: str, port: str) -> socket.socket:
    """Listen on the address before anything else starts.

    The workers of a killed gunicorn keep the address for a moment, so try for a while.
    """
    if not port.isdecimal() or not 0 <= int(port) <= 65535:
        sys.exit(f"itemsite: PORT: {port!r} is not a port. Choose a number from 1024 to 65535.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[
            0
        ]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deadline = time.monotonic() + PORT_PATIENCE_SECONDS
        while True:
            try:
                listener.bind(address)
                listener.listen(BACKLOG)
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
    except (OSError, UnicodeError) as error:  # UnicodeError: an invalid host name
        where = f"{host} port {port}"
        sys.exit(
            f"itemsite: cannot listen on {where}: {getattr(error, 'strerror', error)}."
            f" Choose another: PORT=8001 bin/serve, or BIND=127.0.0.1"
        )
    return listener


def _prepare() -> None:
    """Migrate, collect static files and create the first administrator, one start at a time."""
    django.setup()
    try:
        call_command("check", databases=["default"], stdout=io.StringIO())
        with _one_at_a_time():
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            _make_admin()
    except CommandError as error:  # or a SystemCheckError
        sys.exit(f"itemsite: {error}")
    except OSError as error:
        sys.exit(f"itemsite: cannot write {error.filename or startup.VAR}: {error.strerror}.")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the lock in a transaction of its own, which ends with its connection.

    A lock of a session could stay for ever: PgBouncer keeps the session for others.
    """
    import psycopg
    from django.db import connection

    with connection.cursor() as cursor:  # migrations can take long
        cursor.execute("SET statement_timeout = 0")
    lock = psycopg.connect(**connection.get_connection_params())
    try:
        _wait_for(lock)
        yield
    finally:
        lock.close()
        connection.close()


def _wait_for(lock: "psycopg.Connection") -> None:
    """Wait between statements: CREATE INDEX CONCURRENTLY waits for all running ones."""
    tell_at = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        lock.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        tried = lock.execute("SELECT pg_try_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        if tried.fetchone() == (True,):
            return
        if time.monotonic() >= tell_at:
            tell_at += TOLD_AGAIN_SECONDS
            for holder in lock.execute(HOLDERS, [MIGRATION_LOCK]):
                print(WAITING.format(*holder), flush=True)
        lock.rollback()
        time.sleep(0.2)


def _make_admin() -> None:
    from django.contrib.auth import get_user_model
    from django.db.models import Q

    User = get_user_model()
    if User.objects.filter(Q(is_superuser=True) | Q(username=ADMIN)).exists():
        return
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(ADMIN, password=password)
    print(
        f"itemsite: the administrator is {ADMIN}, password {password} (shown only once)", flush=True
    )


def _ending(error: BaseException | None) -> BaseException | None:
    """Return the exception of a signal, which a transaction can have replaced with its own."""
    while error and not isinstance(error, KeyboardInterrupt | SystemExit):
        error = error.__context__
    return error


if __name__ == "__main__":
    try:
        main()
    except BaseException as error:
        ending = _ending(error)
        if ending is None:
            raise
        sys.exit(ending.code if isinstance(ending, SystemExit) else 130)
