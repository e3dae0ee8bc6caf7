"""What is measured, and the page that tells the figures."""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench import databases
from bench.load import Run
from bench.processes import ROOT, WORKERS

ITEMSITE, TUTORIAL, EMPTY = "itemsite", "tutorial", "empty view"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"


@dataclass
class Work:
    name: str
    method: str
    path: str
    servers: tuple[str, ...]


WORKS = [
    Work("GET 100 items", "GET", "/items/?limit=100", (ITEMSITE, TUTORIAL, EMPTY)),
    Work("GET 1,000 items", "GET", "/items/?limit=1000", (ITEMSITE, TUTORIAL)),
    Work("POST one item", "POST", "/items/", (ITEMSITE, TUTORIAL)),
]
TARGETS = {  # requests per second of itemsite, in those of another
    ("GET 100 items", TUTORIAL): 3.5,
    ("GET 1,000 items", TUTORIAL): 8,
    ("POST one item", TUTORIAL): 2,
    ("GET 100 items", EMPTY): 0.7,
}


@dataclass
class Results:
    """The runs of each work and server, one per round, and each server's memory at the end."""

    runs: dict[tuple[str, str], list[Run]] = field(default_factory=lambda: defaultdict(list))
    memory_megabytes: dict[str, float] = field(default_factory=dict)

    def median(self, work: str, server: str, figure: str) -> float:
        return statistics.median(getattr(run, figure) for run in self.runs[work, server])

    def cpu_microseconds(self, work: str, server: str) -> float:
        return self.median(work, server, "web_microseconds") + self.median(
            work, server, "postgres_microseconds"
        )

    def ratios(self, work: str, other: str) -> list[float]:
        """Return by how much itemsite was quicker than the other, round by round."""
        return [
            ours.requests_per_second / theirs.requests_per_second
            for ours, theirs in zip(self.runs[work, ITEMSITE], self.runs[work, other], strict=True)
        ]


def markdown(results: Results, options: argparse.Namespace, load_average: float) -> str:
    return f"""\
# Results

Written by `bench/run` on {datetime.date.today()}. It loads itemsite, the stack of a well-known
tutorial (FastAPI, SQLModel, asyncpg, uvicorn) and an empty Django view behind itemsite's own
middleware and gunicorn; each has {WORKERS} worker processes and writes no log of requests. Both
have a database of {options.rows:,} equal items in one PostgreSQL with its default settings, which
they reach by its Unix socket. wrk sends from one thread over {options.connections} kept-alive
connections: {options.rounds} rounds of {options.seconds} s, one server after the other in each.

## How much quicker

Requests per second of itemsite, divided by the other's: the median of the rounds, the least and the
greatest. They scatter with what else the machine does, and because the kernel hands out connections
unevenly: now and then one worker gets all. "By CPU" is steadier: what the other's processes and
PostgreSQL use for a request, divided by what itemsite's and PostgreSQL use.

{_ratios(results)}

## Figures

Medians of the rounds. CPU is per request: of the web server's processes, and of PostgreSQL's.

{_figures(results)}

Memory of one worker after all this: {_memory(results)}.

## Machine

{_machine(load_average)}

## Again

    bench/run           # bench/run --help lists its options

It needs Linux and wrk (Debian: `apt install wrk`), makes two databases of its own in the private
PostgreSQL, and drops them. It ends with an error when an answer was not a good one, when the two
give different items, or when an answered POST is not in the table. A difference between the
servers that is left: itemsite's items have two times more in JSON, a search index to keep and
constraints to meet.
"""


def _ratios(results: Results) -> str:
    lines = [
        "| work | against | ratio | least | greatest | by CPU | wanted |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for (work, other), target in TARGETS.items():
        ratios = results.ratios(work, other)
        by_cpu = results.cpu_microseconds(work, other) / results.cpu_microseconds(work, ITEMSITE)
        figures = (statistics.median(ratios), min(ratios), max(ratios), by_cpu)
        shown = " | ".join(f"{figure:.2f}" for figure in figures)
        lines.append(f"| {work} | {other} | {shown} | {target} |")
    return "\n".join(lines)


def _figures(results: Results) -> str:
    lines = [
        "| work | server | requests/s | p50, ms | p99, ms | web, µs | PostgreSQL, µs |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for work in WORKS:
        for server in work.servers:
            rate, p50, p99, web, postgres = (
                results.median(work.name, server, figure) for figure in Run.__dataclass_fields__
            )
            lines.append(
                f"| {work.name} | {server} | {rate:,.0f} | {p50:.1f} | {p99:.1f}"
                f" | {web:,.0f} | {postgres:,.0f} |"
            )
    return "\n".join(lines)


def _memory(results: Results) -> str:
    memory = results.memory_megabytes.items()
    return ", ".join(f"{server} {megabytes:.0f} MB" for server, megabytes in memory)


def _machine(load_average: float) -> str:
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30
    ours = ("Django", "psycopg", "gunicorn")
    peers = [
        line.split("#")[0].strip().replace("==", " ")
        for line in REQUIREMENTS.read_text().splitlines()
        if "==" in line
    ]
    lines = (
        f"{os.cpu_count()} cores, {_processor()}; {gigabytes:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}; load average before {load_average:.1f}",
        f"Python {platform.python_version()}, PostgreSQL {databases.server_version()}, {_wrk()}",
        f"itemsite: {', '.join(f'{name} {version(name)}' for name in ours)}",
        f"tutorial: {', '.join(peers)}",
    )
    return "\n".join(f"- {line}" for line in lines)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _wrk() -> str:
    said = subprocess.run(["wrk", "-v"], stdout=subprocess.PIPE, text=True).stdout
    return " ".join(said.split()[:2])
