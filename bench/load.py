"""One run of the load generator wrk against one server, and its cost."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event

from bench.setup import databases, servers
from bench.setup.servers import Server

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 16  # kept alive by one thread of wrk
WARM_UP_SECONDS = 1
SETTLE_SECONDS = 0.3  # for the requests that were under way when wrk stopped

JSON = "*/*"  # as curl sends it
HTML = "text/html"


@dataclass(frozen=True)
class Request:
    method: str
    accept: str
    lines: tuple[str, ...]  # sent in turn: paths to GET, or bodies to POST to /items/


@dataclass(frozen=True)
class Run:
    requests: int
    requests_per_second: float
    web_us: float  # CPU per request: the web server's processes
    postgres_us: float  # CPU per request: PostgreSQL's processes
    worker_megabytes: float  # resident memory of the server's largest process, afterwards

    @property
    def cpu_us(self) -> float:
        return self.web_us + self.postgres_us


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("bench: the load generator wrk is missing. On Debian or Ubuntu: apt install wrk")


def warm_up(server: Server, request: Request) -> None:
    """Let every worker do what it does at the first request alone."""
    _run_wrk(server, request, WARM_UP_SECONDS)


def measure(server: Server, request: Request, seconds: int, connections: int = CONNECTIONS) -> Run:
    """Load the server for some seconds; end the program if an answer is wrong."""
    is_post = request.method == "POST"
    rows_before = _count_settled_rows(server) if is_post else 0
    web_before = servers.cpu_seconds(server.pid)
    postgres_before = servers.cpu_seconds(databases.postmaster())
    figures = _run_wrk(server, request, seconds, connections)
    time.sleep(SETTLE_SECONDS)
    web = servers.cpu_seconds(server.pid) - web_before
    postgres = servers.cpu_seconds(databases.postmaster()) - postgres_before
    requests = figures["requests"]
    if not requests:
        sys.exit(f"bench: {server.program} answered no {request.lines[0]} in {seconds} s.")
    worked_off = requests + connections  # each had one more under way that wrk did not wait for
    if is_post:
        rows_created = _count_settled_rows(server) - rows_before
        if not requests <= rows_created <= worked_off:
            sys.exit(f"bench: {server.program} created {rows_created} rows in {requests} POSTs.")
    return Run(
        requests=requests,
        requests_per_second=requests / figures["seconds"],
        web_us=web / worked_off * 1e6,
        postgres_us=postgres / worked_off * 1e6,
        worker_megabytes=servers.largest_megabytes(server.pid),
    )


def _count_settled_rows(server: Server) -> int:
    """Return the number of rows, when requests that wrk left behind have ended."""
    count = server.database.count_rows()
    while True:
        time.sleep(SETTLE_SECONDS)
        before, count = count, server.database.count_rows()
        if count == before:
            return count


@contextmanager
def repeating(act: Callable[[], object], times_per_second: int) -> Iterator[None]:
    """Call `act` so many times a second in a thread; raise at the end what it raised."""
    if not times_per_second:
        yield
        return
    is_over = Event()

    def repeat() -> None:
        due = time.monotonic()
        while not is_over.wait(max(0, due - time.monotonic())):
            act()
            due += 1 / times_per_second

    with ThreadPoolExecutor(1) as pool:
        repetition = pool.submit(repeat)
        try:
            yield
        finally:
            is_over.set()
        repetition.result()


def _run_wrk(
    server: Server, request: Request, seconds: int, connections: int = CONNECTIONS
) -> dict[str, int | float]:
    with NamedTemporaryFile("w") as file:
        file.write("\n".join(request.lines))
        file.flush()
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=30s", "-s", SCRIPT]
        url = f"{server.address}/items/"
        command = ["wrk", *options, url, "--", request.method, request.accept, file.name]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    figures = json.loads(output.splitlines()[-1])
    if figures["bad_statuses"] or figures["broken"]:
        sys.exit(
            f"bench: {server.program} failed at {request.method} {request.lines[0]}:"
            f" {figures}. See {servers.LOGS}"
        )
    return figures
