"""One run of the load generator wrk against one server, and what it cost."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import databases, processes
from bench.databases import Database
from bench.processes import Server

SCRIPT = Path(__file__).with_name("load.lua")
SETTLE_SECONDS = 0.3  # for the requests that were under way when wrk hung up


@dataclass
class Run:
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    web_microseconds: float  # CPU of the web server's processes, per request
    postgres_microseconds: float  # CPU of PostgreSQL's, per request


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("bench: the load generator wrk is missing. On Debian or Ubuntu: apt install wrk")


def measure(
    server: Server, method: str, path: str, database: Database, seconds: int, connections: int
) -> Run:
    """Load the server for some seconds; end the program if an answer was not right."""
    rows_before = database.count_rows()
    web_before = processes.cpu_seconds(server.pid)
    postgres_before = processes.cpu_seconds(databases.postmaster())
    figures = _run_wrk(server.address + path, method, seconds, connections)
    time.sleep(SETTLE_SECONDS)
    web = processes.cpu_seconds(server.pid) - web_before
    postgres = processes.cpu_seconds(databases.postmaster()) - postgres_before
    requests = figures["requests"]
    if figures["bad_statuses"] or figures["broken"] or not requests:
        sys.exit(f"bench: {server.name} failed at {method} {path}: {figures}. See {processes.LOGS}")
    rows_made = database.count_rows() - rows_before
    worked_off = requests + connections  # each had one more under way, of which wrk did not hear
    least, most = (requests, worked_off) if method == "POST" else (0, 0)
    if not least <= rows_made <= most:
        sys.exit(f"bench: {server.name} made {rows_made} rows by {requests} times {method} {path}.")
    return Run(
        requests_per_second=requests / figures["seconds"],
        p50_ms=figures["p50_ms"],
        p99_ms=figures["p99_ms"],
        web_microseconds=web / worked_off * 1e6,
        postgres_microseconds=postgres / worked_off * 1e6,
    )


def _run_wrk(url: str, method: str, seconds: int, connections: int) -> dict[str, float]:
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", SCRIPT, url]
    command = ["wrk", *options, "--", method]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return json.loads(said.splitlines()[-1])
