"""Downloads of a whole list against psql's \\copy: `.venv/bin/python -m bench.exports`.

All take turns in every round. CPU is that of PostgreSQL, and of psql or the web server. The times
of the clients who read do not count.
"""

import argparse
import resource
import statistics
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.progress import say
from bench.setup import databases, servers, texts
from bench.setup.servers import NOW, Server
from itemsite.embedded import binaries, cluster

COPY = r"\copy (SELECT id, name, description FROM items_item) TO '{}' (FORMAT csv)"
PATHS = ("/items.csv", "/items.ndjson", "/items.csv?sort=name", f"/items.csv?q={texts.COMMON_WORD}")
BLOCK_BYTES = 1 << 16
SETTLE_SECONDS = 0.3


@dataclass(frozen=True)
class Sample:
    cpu_seconds: float
    seconds: float
    first_byte_ms: float = 0
    megabytes: float = 0  # of the file
    worker_megabytes: float = 0  # above what it had before


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare downloads with \\copy.")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workbook", action="store_true", help="/items.xlsx too, which takes long")
    asked = parser.parse_args()
    servers.LOGS.mkdir(parents=True, exist_ok=True)
    cluster.start()
    database = NOW.database(asked.items)
    paths = (*PATHS, "/items.xlsx") if asked.workbook else PATHS
    with databases.created([database]), NOW.running(database, workers=1) as server:
        with texts.csv_files(servers.LOGS, [asked.items]) as files:
            database.fill(files[asked.items])
        samples = defaultdict(list)
        for _ in range(asked.rounds):
            samples["\\copy"].append(copy(server))
            for path in paths:
                samples[path].append(download(server, path))
    report(samples)


def copy(server: Server) -> Sample:
    psql = binaries.find() / "psql"
    before = _postgres_seconds() + _children_seconds()
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        order = COPY.format(Path(folder, "items.csv"))
        subprocess.run([psql, "-qX", "-c", order, server.database.url], check=True)
        seconds = time.perf_counter() - started
    return Sample(_postgres_seconds() + _children_seconds() - before, seconds)


def download(server: Server, path: str) -> Sample:
    worker = servers.largest_process(server.pid)
    Path(f"/proc/{worker}/clear_refs").write_text("5")  # begins a new VmHWM
    resident = _megabytes(worker, "VmRSS")
    before = _postgres_seconds() + servers.cpu_seconds(server.pid)
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
    return Sample(
        _postgres_seconds() + servers.cpu_seconds(server.pid) - before,
        seconds,
        first * 1000,
        size / 1e6,
        _megabytes(worker, "VmHWM") - resident,
    )


def report(samples: dict[str, list[Sample]]) -> None:
    [copied, *_] = samples
    for name, some in samples.items():
        ratios = [
            (each.cpu_seconds / base.cpu_seconds, each.seconds / base.seconds)
            for each, base in zip(some, samples[copied], strict=True)
        ]
        cpu, wall = (statistics.median(column) for column in zip(*ratios, strict=True))
        say(
            f"{name}: CPU {_median(some, 'cpu_seconds'):.2f} s ({cpu:.2f} x),"
            f" wall {_median(some, 'seconds'):.1f} s ({wall:.2f} x),"
            f" first byte {_median(some, 'first_byte_ms'):.0f} ms,"
            f" {_median(some, 'megabytes'):.0f} MB, worker"
            f" +{max(each.worker_megabytes for each in some):.1f} MB"
        )


def _median(samples: list[Sample], figure: str) -> float:
    return statistics.median(getattr(sample, figure) for sample in samples)


def _postgres_seconds() -> float:
    return servers.cpu_seconds(databases.postmaster())


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _megabytes(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
