"""The private PostgreSQL that bin/serve brings: killed, or without room on its disk."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg

from bench.faults.lab import Lab
from bench.faults.ledger import Ledger, steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of
from bench.faults.postgres import ROLE, Postgres
from itemsite.tests.clone import Clone, Server

DISK_MEGABYTES = 220
FULL_SECONDS = 8
WRITE_WAL = "SELECT pg_logical_emit_message(true, 'fault', repeat('x', 9000000))"
CONTROL_SECONDS = 12  # that a site is watched which cannot come back


class Private(Postgres):
    """The server of a clone, by its socket."""

    def __init__(self, clone: Clone) -> None:
        self.clone, self.folder = clone, clone.home / "data"

    def connect(self, role: str = ROLE) -> psycopg.Connection:
        folder = str(self.clone.socket_folder)
        return psycopg.connect(host=folder, user=role, dbname=ROLE, autocommit=True)


@contextmanager
def private_site(lab: Lab, megabytes: int = 0) -> Iterator[tuple[Server, Private]]:
    """Start bin/serve without DATABASE_URL, with its data on a disk of that size."""
    folder = lab.folder / f"private-{time.monotonic_ns()}"
    folder.mkdir()
    clone = Clone(folder)
    with small_disk(clone.home, megabytes):
        server = clone.serve(WEB_CONCURRENCY="2")
        try:
            yield server.wait_for_address(), Private(clone)
        finally:
            server.stop()
            clone.remove()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    if not megabytes:
        yield
        return
    if os.getuid():
        raise NotRun("only root can mount a small disk")
    folder.mkdir(parents=True)
    small = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "itemsite-faults", folder]
    if subprocess.run(small).returncode:
        raise NotRun("a tmpfs cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def kill_private(lab: Lab, *, is_supervised: bool = True) -> Figures:
    with private_site(lab) as (server, postgres):
        with steady_load(server) as ledger, _supervised(server, is_supervised):
            os.kill(postgres.pids()[0], signal.SIGKILL)
            ledger.fault_ended()
            _watch(ledger, is_supervised)
        return figures_of(ledger, postgres)


def _watch(ledger: Ledger, is_supervised: bool) -> None:
    """Wait for writes; without a supervisor for a time in which one would have come back."""
    if is_supervised:
        ledger.await_writes(20)
    else:
        time.sleep(CONTROL_SECONDS)


@contextmanager
def _supervised(server: Server, is_supervised: bool) -> Iterator[None]:
    """Stop the supervisor for the block unless there is to be one."""
    supervisor = supervisor_of(server)
    if not is_supervised:
        os.kill(supervisor, signal.SIGSTOP)
    yield
    os.kill(supervisor, signal.SIGCONT)


def supervisor_of(server: Server) -> int:
    main = server.process.pid
    children = set(Path(f"/proc/{main}/task/{main}/children").read_text().split())
    (supervisor,) = {*map(int, children)} - set(server.workers())
    return supervisor


def fill_private(lab: Lab, *, is_supervised: bool = True) -> Figures:
    """Take all room while much is written, until PostgreSQL ends; then give the room back."""
    with private_site(lab, DISK_MEGABYTES) as (server, postgres):
        with steady_load(server) as ledger, _supervised(server, is_supervised):
            ballast = postgres.clone.home / "ballast"
            fill(ballast)
            end = time.monotonic() + FULL_SECONDS
            while time.monotonic() < end:
                with suppress(psycopg.Error), postgres.connect("postgres") as connection:
                    connection.execute(WRITE_WAL)
                time.sleep(0.1)
            has_ended = not _is_alive(postgres)
            ballast.unlink()
            ledger.fault_ended()
            _watch(ledger, is_supervised)
        return figures_of(ledger, postgres, ended=has_ended)


def _is_alive(postgres: Postgres) -> bool:
    with suppress(psycopg.Error), postgres.connect("postgres"):
        return True
    return False


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with open(path, "wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 65_536):
            pass


KILLED, FULL = "the private PostgreSQL killed (kill -9)", "its disk full of WAL for 8 s"
LIMITS = {"recovery": 5}
WITHOUT = "the supervisor"
EXPERIMENTS = [
    Experiment("kill-private", KILLED, kill_private, LIMITS),
    Experiment("kill-private", KILLED, partial(kill_private, is_supervised=False), LIMITS, WITHOUT),
    Experiment("fill-private", FULL, fill_private, LIMITS),
    Experiment("fill-private", FULL, partial(fill_private, is_supervised=False), LIMITS, WITHOUT),
]
