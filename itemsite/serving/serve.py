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
from contextlib import contextmanager, suppress

import django
from django.core.management import CommandError, call_command

from itemsite.embedded import cluster
from itemsite.serving import startup
from itemsite.variables import listening_port

MIGRATION_LOCK = 4_697_420_311  # any number, but the same for all starts with one database
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
    from django.db import Error, connection

    with connection.cursor() as cursor:
        # Migrations can take long.
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        # Wait outside of statements: CREATE INDEX CONCURRENTLY waits for all running ones.
        while not _is_ours(cursor):
            time.sleep(0.2)
        try:
            yield
        finally:
            with suppress(Error):  # a signal closed the connection, and with it the lock
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
            connection.close()


def _is_ours(cursor) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
    return cursor.fetchone()[0]


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
