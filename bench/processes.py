"""Servers under test, and what Linux tells about a process and its children."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError

from bench.databases import Database

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "bench"
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30
GET_TIMEOUT_SECONDS = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Server:
    name: str
    pid: int
    address: str
    database: Database

    def get(self, path: str, accept: str = "*/*") -> HTTPResponse:
        """Return the answer of this address, to be read and closed; end the program at an error."""
        asked = urllib.request.Request(self.address + path, headers={"Accept": accept})
        try:
            return urllib.request.urlopen(asked, timeout=GET_TIMEOUT_SECONDS)
        except HTTPError as error:
            sys.exit(f"bench: {self.name} answers {path} with {error.code}. See {LOGS}")

    def worker_megabytes(self) -> float:
        """Return the resident memory of the largest worker, a child of the main process."""
        return max(_resident_bytes(pid) for pid in _family(self.pid) if pid != self.pid) / 1e6


@contextmanager
def running(
    name: str, command: list[str | Path], cwd: Path, database: Database, **variables: str
) -> Iterator[Server]:
    """Start a server that tells its address, wait for that, and stop the server at the end."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name} of {database.name}.log".replace(" ", "-")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=os.environ | variables, stdout=output, stderr=output
        )
    try:
        yield Server(name, process.pid, _address_in(log, process), database)
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_SECONDS)


def _address_in(log: Path, process: subprocess.Popen) -> str:
    """Return the address that the server tells, as soon as it answers there."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        said = ADDRESS.search(log.read_text(errors="replace"))
        if said and _is_answering(said[0]):
            return said[0]
        time.sleep(0.1)
    raise RuntimeError(f"{process.args} did not start. {log} says:\n{log.read_text()}")


def _is_answering(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/items/", timeout=5).close()
    except OSError:  # an error status is one
        return False
    return True


def cpu_seconds(pid: int) -> float:
    """Return what a process and its children, the ended ones too, have used since their start."""
    ticks = [sum(map(int, member[11:15])) for member in _family(pid).values()]
    return sum(ticks) / TICKS_PER_SECOND


def _family(pid: int) -> dict[int, list[str]]:
    """Return the process and all its living descendants with their /proc/PID/stat.

    The fields begin with the third, the state: the second is a name that may hold spaces.
    """
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    family = [pid]
    for member in family:
        family += [child for child, fields in stats.items() if int(fields[1]) == member]
    return {member: stats[member] for member in family}


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
