"""Thousands of list addresses, of which each is asked for once."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures
from itemsite.tests.clone import PATIENCE_SECONDS, Server

CLIENTS, WARM_UP, ADDRESSES = 4, 200, 5_000
LETTERS = quote("\N{BEETLE}" * 150)  # a search can have 200 characters, each 12 bytes here
ENCODING = "x" * 6_000  # a header that lists depend on too
MEANT_MEGABYTES = 8  # items/database/snapshot_cache.py


def many_lists(lab: Lab, *, weaker: str = "") -> Figures:
    """Return by how many megabytes a worker grew."""
    with lab.site(weaker, WEB_CONCURRENCY="1") as (server, _):
        server.insist("POST", "/items/", {"name": "Book"})
        _ask_for(server, range(WARM_UP))
        before = _megabytes(server)
        wrong = _ask_for(server, range(WARM_UP, WARM_UP + ADDRESSES))
        return {"growth": _megabytes(server) - before, "wrong": wrong}


def _ask_for(server: Server, numbers: range) -> int:
    """Ask for so many lists; return how many did not come."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [numbers[start::CLIENTS] for start in range(CLIENTS)]
        return sum(clients.map(partial(_ask, server), parts))


def _ask(server: Server, numbers: range) -> int:
    wrong = 0
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        for number in numbers:
            headers = {"Accept-Encoding": f"{number}{ENCODING}"}
            connection.request("GET", f"/items/?q={number}+{LETTERS}", headers=headers)
            response = connection.getresponse()
            response.read()
            wrong += response.status != 200
    return wrong


def _megabytes(server: Server) -> float:
    """Return the memory that only the worker uses."""
    [pid] = server.workers()
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.partition("\nPrivate_Dirty:")[2].split()[0]) / 1000


ASKED = f"{ADDRESSES:,} different lists asked for, each once"
LIMITS = {"growth": 2 * MEANT_MEGABYTES, "wrong": 0}
EXPERIMENTS = [
    Experiment("list-cache", ASKED, many_lists, LIMITS),
    Experiment(
        "list-cache",
        ASKED,
        partial(many_lists, weaker="keys not counted"),
        LIMITS,
        control="the size of the keys in that of the cache",
    ),
]
