"""The programs under test, how each is started, and what Linux says about its processes."""

import json
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

from bench.setup.databases import Database

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "var" / "bench"
PEER = ROOT / "bench" / "peers" / "tutorial"
PEER_PROGRAMS = ROOT / "bench" / ".venv" / "bin"
START_TIMEOUT_SECONDS = 600  # the first bin/serve of a checkout installs its requirements
STOP_TIMEOUT_SECONDS = 30
ANSWER_TIMEOUT_SECONDS = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Server:
    program: str
    pid: int
    address: str
    database: Database

    def get(self, path: str, accept: str = "*/*") -> HTTPResponse:
        """Return the answer, to be read and closed."""
        return self._open(urllib.request.Request(self.address + path, headers={"Accept": accept}))

    def get_json(self, path: str) -> list[dict]:
        with self.get(path) as answer:
            return json.load(answer)

    def post_item(self) -> None:
        item = {"name": "Box", "description": "Added while others read."}
        headers = {"Content-Type": "application/json"}
        body = json.dumps(item).encode()
        self._open(urllib.request.Request(f"{self.address}/items/", body, headers)).close()

    def _open(self, request: urllib.request.Request) -> HTTPResponse:
        try:
            return urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_SECONDS)
        except HTTPError as error:
            sys.exit(f"bench: {self.program} answers {request.full_url} with {error}. See {LOGS}")


@dataclass(frozen=True)
class Program:
    """A program to compare. Everything but its folder is told by environment variables."""

    name: str  # of a column in the results
    folder: Path
    table: str
    serve: tuple[str | Path, ...]  # a command that creates the tables and prints its address

    @property
    def is_itemsite(self) -> bool:
        return self != TUTORIAL

    def database(self, size: int) -> Database:
        return Database(f"bench_{self.name}_{size}", self.table)

    def environment(self, database: Database, workers: int) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": database.url if self.is_itemsite else database.asyncpg_url,
            "SECRET_KEY": "-" * 50,
            "HTTPS": "0",
            "PORT": "0",
            "WEB_CONCURRENCY": str(workers),
            "GUNICORN_CMD_ARGS": f"--workers={workers}",  # for commits that ignore WEB_CONCURRENCY
        }

    @contextmanager
    def running(self, database: Database, workers: int) -> Iterator[Server]:
        """Start the program, wait until it answers, and stop it at the end."""
        log = LOGS / f"{database.name}_{workers}.log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                self.serve,
                cwd=self.folder,
                env=self.environment(database, workers),
                stdout=output,
                stderr=output,
            )
        try:
            yield Server(self.name, process.pid, _wait_for_address(log, process), database)
        finally:
            process.terminate()
            process.wait(STOP_TIMEOUT_SECONDS)


def itemsite(name: str, folder: Path) -> Program:
    return Program(name, folder, "items_item", (folder / "bin" / "serve",))


NOW = itemsite("now", ROOT)
# uvicorn takes the number of workers from WEB_CONCURRENCY. It logs no requests, like itemsite.
UVICORN = '"$0/python" main.py && exec "$0/uvicorn" main:app --port=0 --no-access-log'
TUTORIAL = Program("tutorial", PEER, "item", ("/bin/sh", "-c", UVICORN, PEER_PROGRAMS))


def _wait_for_address(log: Path, process: subprocess.Popen) -> str:
    """Return the address that the server prints, as soon as it answers there."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        printed = ADDRESS.search(log.read_text(errors="replace"))
        if printed and _is_answering(printed[0]):
            return printed[0]
        time.sleep(0.1)
    sys.exit(f"bench: {process.args} did not start. {log} says:\n{log.read_text()}")


def _is_answering(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/items/", timeout=5).close()
    except OSError:  # an error status is one
        return False
    return True


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and all its children since their start."""
    ticks = [sum(map(int, fields[11:15])) for fields in _family(pid).values()]
    return sum(ticks) / TICKS_PER_SECOND


def _family(pid: int) -> dict[int, list[str]]:
    """Return the process and all its living descendants with their /proc/PID/stat.

    The fields begin with the third, the state: the second is a name that may contain spaces.
    """
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    family = [pid]
    for member in family:
        family += [child for child, fields in stats.items() if int(fields[1]) == member]
    return {member: stats[member] for member in family}


def largest_megabytes(pid: int) -> float:
    """Return the resident memory of the largest of a process and its children: of a worker."""
    return _pages(largest_process(pid)) * os.sysconf("SC_PAGESIZE") / 1e6


def largest_process(pid: int) -> int:
    return max(_family(pid), key=_pages)


def _pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
