"""The server process of the private PostgreSQL: its socket, whether it is up, and its start."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

from itemsite.embedded import binaries, datadir
from itemsite.embedded.binaries import EmbeddedPostgresError, digest, home
from itemsite.embedded.datadir import PORT, SUPERUSER

SOCKET_PATH_LIMIT_BYTES = 103  # macOS; Linux allows 107
START_TIMEOUT_SECONDS = 300  # recovery after a crash can take that long
STOP_TIMEOUT_SECONDS = 20  # of an orderly end
NO_SUCH_PID = "2147483647"  # above the largest process id of every system


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


def own_socket_folder() -> None:
    folder = socket_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = {os.getuid(), binaries.account().pw_uid}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedPostgresError(f"{folder} belongs to another user. Remove it.")
    binaries.give_to_account(folder)
    folder.chmod(0o700)


def is_answering(data: Path) -> bool:
    """Tell whether the server is up; wait while it is starting or stopping."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    silent_until = time.monotonic() + STOP_TIMEOUT_SECONDS
    while True:
        state = binaries.run("pg_isready", "-q", "-t", "3", "-h", socket_folder(), "-p", PORT)
        if state.returncode == 0:
            return True
        pid = postmaster(data)
        if pid is None:
            return False
        if time.monotonic() > silent_until and _is_ending():
            stop(data)
            return False
        is_silent = state.returncode == 2
        if time.monotonic() > (silent_until if is_silent else deadline):
            raise EmbeddedPostgresError(
                f"PostgreSQL (process {pid}) uses {data} but does not answer. See"
                f" {data.parent}/log. If it was stopped, run: kill -CONT {pid}"
            )
        time.sleep(0.05)


def _is_ending() -> bool:
    import psycopg

    try:
        psycopg.connect(host=str(socket_folder()), port=PORT, user=SUPERUSER).close()
    except psycopg.OperationalError as error:
        return "shutting down" in str(error)
    return False


def postmaster(data: Path) -> int | None:
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


def start(folder: Path) -> None:
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


def stop(data: Path) -> None:
    """Stop the server; at once if it does not end in an orderly way.

    PostgreSQL 18 can wait for ever for its io workers when it is told to stop during a recovery.
    """
    for mode in ("fast", "immediate"):
        order = ("stop", "-D", data, "-m", mode, "-w", "-t", STOP_TIMEOUT_SECONDS)
        if binaries.run("pg_ctl", *order).returncode == 0 or postmaster(data) is None:
            return


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
