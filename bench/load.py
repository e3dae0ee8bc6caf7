"""One run of the load generator wrk against one server, and what it cost."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from bench import databases, processes
from bench.processes import Server

SCRIPT = Path(__file__).with_name("load.lua")
WARM_UP_SECONDS = 2
SETTLE_SECONDS = 0.3  # for the requests that were under way when wrk hung up

JSON = "*/*"  # as curl sends it
HTML = "text/html"


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    accept: str = JSON
    is_anew: bool = False  # never what itemsite keeps


@dataclass(frozen=True)
class Run:
    requests: int
    requests_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    web_microseconds: float  # CPU of the web server's processes, per request
    postgres_microseconds: float  # CPU of PostgreSQL's, per request


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("bench: the load generator wrk is missing. On Debian or Ubuntu: apt install wrk")


def warm_up(server: Server, request: Request, connections: int) -> None:
    """Let every worker import what it does at the first request, and fill its caches."""
    _run_wrk(server, request, WARM_UP_SECONDS, connections)


def measure(server: Server, request: Request, seconds: int, connections: int) -> Run:
    """Load the server for some seconds; end the program if an answer was not right."""
    is_write = request.method == "POST"
    rows_before = server.database.count_rows() if is_write else 0
    web_before = processes.cpu_seconds(server.pid)
    postgres_before = processes.cpu_seconds(databases.postmaster())
    figures = _run_wrk(server, request, seconds, connections)
    time.sleep(SETTLE_SECONDS)
    web = processes.cpu_seconds(server.pid) - web_before
    postgres = processes.cpu_seconds(databases.postmaster()) - postgres_before
    requests = figures["requests"]
    if not requests:
        sys.exit(f"bench: {server.name} answered nothing in {seconds} s of {request}.")
    worked_off = requests + connections  # each had one more under way, of which wrk did not hear
    if is_write:
        rows_made = server.database.count_rows() - rows_before
        if not requests <= rows_made <= worked_off:
            sys.exit(f"bench: {server.name} made {rows_made} rows in {requests} times {request}.")
    return Run(
        requests=requests,
        requests_per_second=requests / figures["seconds"],
        p50_ms=figures["p50_ms"],
        p95_ms=figures["p95_ms"],
        p99_ms=figures["p99_ms"],
        web_microseconds=web / worked_off * 1e6,
        postgres_microseconds=postgres / worked_off * 1e6,
    )


@contextmanager
def posting(server: Server, per_second: int) -> Iterator[None]:
    """Let somebody add so many items a second; end the program if that fails."""
    if not per_second:
        yield
        return
    is_over = Event()
    with ThreadPoolExecutor(1) as pool:
        posts = pool.submit(_post, server, 1 / per_second, is_over)
        try:
            yield
        finally:
            is_over.set()
        if posts.result() != 201:
            sys.exit(f"bench: {server.name} answered a POST with {posts.result()}.")


def _post(server: Server, pause_seconds: float, is_over: Event) -> int:
    """Return the status of the first answer that is not 201, or of the last one."""
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=30)
    status = 201
    while status == 201 and not is_over.wait(pause_seconds):
        body = json.dumps({"name": "Box", "description": "Added while others look."})
        connection.request("POST", "/items/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    connection.close()
    return status


def _run_wrk(
    server: Server, request: Request, seconds: int, connections: int
) -> dict[str, int | float]:
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=30s", "-s", SCRIPT]
    arguments = [server.address + request.path, "--", request.method, request.accept]
    if request.is_anew:
        arguments.append("anew")
    command = ["wrk", *options, *arguments]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    figures = json.loads(said.splitlines()[-1])
    if figures["bad_statuses"] or figures["broken"]:
        sys.exit(f"bench: {server.name} failed at {request}: {figures}. See {processes.LOGS}")
    return figures
