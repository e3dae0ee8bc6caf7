"""What a piece of work takes: seconds, those of CPU, and memory of a worker."""

import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.setup import databases, servers
from bench.setup.databases import Database
from itemsite.embedded import binaries


class Cost(NamedTuple):
    cpu_seconds: float  # of PostgreSQL and of the programs that ask it
    seconds: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Run some work that is done by child processes of this one, and by PostgreSQL."""
    before = postgres_seconds() + _children_seconds()
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return Cost(postgres_seconds() + _children_seconds() - before, seconds)


def psql(database: Database, order: str) -> None:
    program = binaries.find() / "psql"
    subprocess.run([program, "-qX", "-v", "ON_ERROR_STOP=1", "-c", order, database.url], check=True)


def from_now(pid: int) -> Callable[[], float]:
    """Return a function that tells by how many MB a process has grown at most since this call."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # begins a new VmHWM
    before = _megabytes(pid, "VmRSS")
    return lambda: _megabytes(pid, "VmHWM") - before


def postgres_seconds() -> float:
    return servers.cpu_seconds(databases.postmaster())


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _megabytes(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024
