"""Latency of itemsite's list pages as one reader waits for them, and PostgreSQL's share of it.

Sizes and programs take turns at every request. A commit before each one makes itemsite read the
list again.
"""

import os
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench.load import HTML
from bench.progress import say
from bench.rows import cursors
from bench.setup import databases
from bench.setup.servers import Server
from bench.setup.texts import COMMON_WORD, MISSPELLED_WORDS, RARE_WORD

PAGE_ITEMS = 50
DEEP_ITEMS = 1000 * PAGE_ITEMS
STEP_ITEMS = 1000  # the most that a script gets at once
WARM_UP_REQUESTS = 5
LEAST_SHOWN = 4  # times; a word that is searched is in the search box too
DURATION = re.compile(rb"duration: ([\d.]+) ms")  # of a parse, a bind, an execute or a statement


@dataclass(frozen=True)
class View:
    name: str
    query: str = ""
    is_deep: bool = False  # 1,000 pages down, or at the last full page of a shorter list
    shown: str = ""  # a word of its items, in small letters


@dataclass(frozen=True)
class Sample:
    milliseconds: float
    postgres_ms: float  # of it, by PostgreSQL's own log of each statement's duration


LISTS = (
    View("first page"),
    View("1,000 pages deep", is_deep=True),
    View("by name", "sort=name"),
    View("by name, 1,000 pages deep", "sort=name", is_deep=True),
    View("a common word", f"q={COMMON_WORD}", shown=COMMON_WORD),
    View("a common word, 1,000 pages deep", f"q={COMMON_WORD}", is_deep=True, shown=COMMON_WORD),
    View("a rare word", f"q={RARE_WORD}", shown=RARE_WORD),
)
WORDS = (  # 3 letters and more; parts of words, accents, several at once
    *("box", "jar", "ook", "zoe", "cafe", "lamp", "keyboard"),
    *("steel box", "shelf kitchen", "lent to jorg"),
)
OTHER_SEARCHES = tuple(View(f'"{words}"', urlencode({"q": words})) for words in WORDS)
SEARCHES = (*(view for view in LISTS if view.shown), *OTHER_SEARCHES)
CLOSE_MATCHES = tuple(
    View(f'close to "{wrong}"', f"q={wrong}", shown=right)
    for wrong, right in MISSPELLED_WORDS.items()
)
VIEWS = (*LISTS, *OTHER_SEARCHES, *CLOSE_MATCHES)

Samples = dict[tuple[int, str, str], list[Sample]]  # by size, view and program


def measure(servers: dict[int, Sequence[Server]], count: int) -> Samples:
    """Take so many samples of every view; the servers are grouped by the size of their lists."""
    samples: Samples = defaultdict(list)
    for view in VIEWS:
        with ExitStack() as stack:
            readers = {
                (size, view.name, server.program): stack.enter_context(
                    closing(Reader(server, view))
                )
                for size, group in servers.items()
                for server in group
            }
            for number in range(WARM_UP_REQUESTS + count):
                for key, reader in readers.items():
                    sample = reader.read()
                    if number >= WARM_UP_REQUESTS:
                        samples[key].append(sample)
        for size, name, program in readers:
            milliseconds = p95(samples[size, name, program], "milliseconds")
            say(f"{size:,} items, {name}, {program}: p95 {milliseconds:.1f} ms")
    return samples


class Reader:
    """Reads one view of one server again and again."""

    def __init__(self, server: Server, view: View) -> None:
        self._path = _path(server, view)
        self._connection = HTTPConnection(urlsplit(server.address).netloc)
        self._side = server.database.connect()
        self._log = open(databases.server_log(), "rb")
        page = self._get().decode().lower()
        self._connection.close()  # the next request opens it; the server closes one that idles
        least = 1 if view in CLOSE_MATCHES else LEAST_SHOWN
        if page.count(view.shown) < least:
            sys.exit(f"bench: {server.program} does not show {view.shown} at {self._path}.")

    def read(self) -> Sample:
        """Read the page once; PostgreSQL writes its log before it answers."""
        databases.commit(self._side)
        self._log.seek(0, os.SEEK_END)
        started = time.perf_counter()
        self._get()
        seconds = time.perf_counter() - started
        durations = DURATION.findall(self._log.read())
        return Sample(seconds * 1000, sum(map(float, durations)))

    def close(self) -> None:
        for resource in (self._connection, self._side, self._log):
            resource.close()

    def _get(self) -> bytes:
        self._connection.request("GET", self._path, headers={"Accept": HTML})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"bench: {self._path} is answered with {answer.status}.")
        return body


def _path(server: Server, view: View) -> str:
    if not view.is_deep:
        return f"/items/?{view.query}"
    query = dict(parse_qsl(view.query))
    after = cursors(server, query, STEP_ITEMS, DEEP_ITEMS // STEP_ITEMS)
    if len(after) < DEEP_ITEMS // STEP_ITEMS:  # a shorter list ends
        after = cursors(server, query, PAGE_ITEMS, DEEP_ITEMS // PAGE_ITEMS)[:-1]
    return f"/items/?{urlencode({**query, 'after': after[-1]})}"


def p95(samples: Sequence[Sample], figure: str) -> float:
    figures = [getattr(sample, figure) for sample in samples]
    return statistics.quantiles(figures, n=20, method="inclusive")[-1]
