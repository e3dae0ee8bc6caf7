"""Downloads of the whole list against psql's \\copy, in turn in every round.

CPU is that of PostgreSQL, and of psql or the web server. That of the clients does not count.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.setup import servers, texts
from bench.setup.servers import Server
from bench.spreadsheets.cost import Cost, cost_of, from_now, postgres_seconds, psql

COPY = r"\copy (SELECT id, name, description FROM items_item) TO '{}' (FORMAT csv)"
PATHS = ("/items.csv", "/items.ndjson", "/items.csv?sort=name", f"/items.csv?q={texts.COMMON_WORD}")
BLOCK_BYTES = 1 << 16
SETTLE_SECONDS = 0.3
SLOW_CLIENTS, SLOW_SECONDS, SLOW_BYTES = 20, 20, 100_000  # bytes a second


@dataclass(frozen=True)
class Download:
    cost: Cost
    first_byte_ms: float
    megabytes: float  # of the file
    worker_megabytes: float  # above what the worker had before


def copy(server: Server) -> Cost:
    with TemporaryDirectory() as folder:
        order = COPY.format(Path(folder, "items.csv"))
        return cost_of(lambda: psql(server.database, order))


def download(server: Server, path: str) -> Download:
    grown = from_now(servers.largest_process(server.pid))
    before = postgres_seconds() + servers.cpu_seconds(server.pid)
    started = time.perf_counter()
    connection = HTTPConnection(urlsplit(server.address).netloc)
    connection.request("GET", path)
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - started
    while block := answer.read(BLOCK_BYTES):
        size += len(block)
    seconds = time.perf_counter() - started
    connection.close()
    time.sleep(SETTLE_SECONDS)  # until the connection to PostgreSQL has ended
    cpu = postgres_seconds() + servers.cpu_seconds(server.pid) - before
    return Download(Cost(cpu, seconds), first * 1000, size / 1e6, grown())


def download_slowly(server: Server) -> None:
    """Let many clients read slowly at the same time; those beyond the limit get 503 at once."""
    with ThreadPoolExecutor(SLOW_CLIENTS) as pool:
        statuses = list(pool.map(lambda _: _read_slowly(server), range(SLOW_CLIENTS)))
    assert set(statuses) == {200, 503}


def _read_slowly(server: Server) -> int:
    connection = HTTPConnection(urlsplit(server.address).netloc)
    connection.request("GET", "/items.csv")
    answer = connection.getresponse()
    end = time.monotonic() + SLOW_SECONDS
    while answer.status == 200 and time.monotonic() < end and answer.read(SLOW_BYTES // 10):
        time.sleep(0.1)
    connection.close()
    return answer.status
