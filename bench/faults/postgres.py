"""Servers of PostgreSQL that the faults can hurt, each in a folder, on a port of loopback."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from itemsite.embedded import binaries
from itemsite.tests.clone import until

ROLE = "itemsite"
PORTS = range(21_000, 29_000)  # below those from which clients connect
ACCESS = """
    host all all 127.0.0.0/8 trust
    host replication all 127.0.0.1/32 trust
"""
_ports = iter(PORTS[os.getpid() * 40 % len(PORTS) :])  # two runs do not meet


class Postgres:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{ROLE}"

    def connect(self, role: str = ROLE) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=role, dbname=ROLE, autocommit=True
        )

    @contextmanager
    def locked_table(self) -> Iterator[None]:
        """Lock the items for the block, against reads too."""
        with self.connect("postgres") as connection, connection.transaction():
            connection.execute("LOCK TABLE items_item IN ACCESS EXCLUSIVE MODE")
            yield

    def create(self) -> None:
        """Create the data directory, with a role that owns an empty database."""
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=postgres"]
        self._program("initdb", "-D", self.folder, *options)
        (self.folder / "pg_hba.conf").write_text(ACCESS)
        self.start()
        server = {"host": "127.0.0.1", "port": self.port, "user": "postgres"}
        with psycopg.connect(**server, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def copy(self, folder: Path) -> "Postgres":
        """Return a server with a copy of the data; this one must not run."""
        shutil.copytree(self.folder, folder, copy_function=_copy_with_owner)
        for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            binaries.give_to_account(path)
        folder.chmod(0o700)
        return Postgres(folder)

    def start(self, **settings: str) -> None:
        known = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        } | settings
        options = " ".join(f"-c {name}='{value}'" for name, value in known.items())
        log = self.folder / "start.log"  # no pipe: the server would keep it open
        with open(log, "wb") as output:
            arguments = ("start", "-D", self.folder, "-w", "-t", 120, "-o", options)
            started = binaries.run("pg_ctl", *arguments, output=output.fileno())
        if started.returncode:
            raise RuntimeError(log.read_text(errors="replace"))

    def stop(self) -> None:
        if self.pids():
            binaries.run("pg_ctl", "stop", "-D", self.folder, "-m", "immediate", "-w")

    def pids(self) -> list[int]:
        """Return the processes, the postmaster first."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except FileNotFoundError:
            return []
        return [pid, *map(int, children)]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Kill all processes, as a power cut would, but for what the kernel keeps."""
        self.send(signal.SIGKILL)
        until(lambda: not self.pids())

    def _program(self, name: str, *arguments: object) -> None:
        done = binaries.run(name, *arguments)
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stdout}")


def _copy_with_owner(source: str, target: str) -> None:
    shutil.copy2(source, target)
    binaries.give_to_account(Path(target))


def free_port() -> int:
    for port in _ports:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError(f"no free port in {PORTS}")


@contextmanager
def running(postgres: Postgres, **settings: str) -> Iterator[Postgres]:
    postgres.start(**settings)
    try:
        yield postgres
    finally:
        postgres.stop()
