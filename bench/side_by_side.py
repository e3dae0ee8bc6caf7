"""itemsite and its peers at the same work, one server after the other in each round.

So whatever else the machine does meets all of them alike.
"""

import html
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import databases, load
from bench.databases import Database
from bench.load import HTML, Request, Run
from bench.processes import Server
from bench.progress import say
from bench.servers import EMPTY, ITEMSITE, PLAIN_DJANGO, TUTORIAL, Program

CONNECTIONS = 16  # kept alive by one thread of wrk
POSTS_PER_SECOND = 50


@dataclass(frozen=True)
class Rival:
    """Who does a work, by the name that the tables give it."""

    name: str
    program: Program
    request: Request


@dataclass(frozen=True)
class Work:
    name: str
    rivals: tuple[Rival, ...]  # itemsite first
    posts_per_second: int = 0  # of somebody else meanwhile


JSON_100 = Work(
    "JSON list of 100",
    (
        Rival("itemsite", ITEMSITE, Request("/items/?limit=100")),
        Rival("tutorial", TUTORIAL, Request("/items/?limit=100")),
        Rival("REST framework", PLAIN_DJANGO, Request("/api/items/")),
        Rival("empty view", EMPTY, Request("/items/")),
    ),
)
JSON_1000 = Work(
    "JSON list of 1,000",
    (
        Rival("itemsite", ITEMSITE, Request("/items/?limit=1000")),
        Rival("tutorial", TUTORIAL, Request("/items/?limit=1000")),
    ),
)
PAGE = Work(
    "page of 50 rows",
    (
        Rival("itemsite", ITEMSITE, Request("/items/", accept=HTML)),
        Rival("tutorial", TUTORIAL, Request("/", accept=HTML)),
        Rival("ListView", PLAIN_DJANGO, Request("/items/", accept=HTML)),
    ),
)
JSON_CREATE = Work(
    "JSON create",
    (
        Rival("itemsite", ITEMSITE, Request("/items/", method="POST")),
        Rival("tutorial", TUTORIAL, Request("/items/", method="POST")),
    ),
)
# itemsite keeps lists until something is committed; these tell what it does without.
JSON_100_ANEW = Work(
    "JSON list of 100, nothing kept",
    (
        Rival("itemsite", ITEMSITE, Request("/items/?limit=100", is_anew=True)),
        Rival("tutorial", TUTORIAL, Request("/items/?limit=100", is_anew=True)),
    ),
)
PAGE_ANEW = Work(
    "page of 50 rows, nothing kept",
    (
        Rival("itemsite", ITEMSITE, Request("/items/", accept=HTML, is_anew=True)),
        Rival("tutorial", TUTORIAL, Request("/", accept=HTML, is_anew=True)),
    ),
)
BUSY = f", {POSTS_PER_SECOND} POSTs a second meanwhile"
JSON_100_BUSY = Work(JSON_100.name + BUSY, JSON_100.rivals[:2], POSTS_PER_SECOND)
PAGE_BUSY = Work(PAGE.name + BUSY, PAGE.rivals[:2], POSTS_PER_SECOND)
# Those that write come last: they change the size.
WORKS = (
    *(JSON_100, JSON_1000, PAGE, JSON_100_ANEW, PAGE_ANEW),
    *(JSON_100_BUSY, PAGE_BUSY, JSON_CREATE),
)

Servers = dict[Program, Server]


@dataclass(frozen=True)
class Comparison:
    runs: dict[tuple[str, str], list[Run]]  # by work and rival, one for each round
    worker_megabytes: dict[str, float]  # of each server's largest worker, after all that


def measure(size: int, site: Database, file: Path, rounds: int, seconds: int) -> Comparison:
    """Measure all works on `site`, filled already, and on peers' databases filled from `file`."""
    tutorial, plain_django = TUTORIAL.database(size), PLAIN_DJANGO.database(size)
    with databases.created(tutorial, plain_django):
        say(f"filling the peers' databases with {size:,} items")
        for program, database in ((TUTORIAL, tutorial), (PLAIN_DJANGO, plain_django)):
            program.prepare(database)
            database.fill(file)
        places = {ITEMSITE: site, EMPTY: site, TUTORIAL: tutorial, PLAIN_DJANGO: plain_django}
        with _all_running(places) as servers:
            _require_same_items(servers)
            runs = _runs(size, servers, rounds, seconds)
            megabytes = {server.name: server.worker_megabytes() for server in servers.values()}
            return Comparison(runs, megabytes)


@contextmanager
def _all_running(places: dict[Program, Database]) -> Iterator[Servers]:
    """Run all servers at once: those that are not under load use nothing."""
    with ExitStack() as stack:
        yield {
            program: stack.enter_context(program.running(database))
            for program, database in places.items()
        }


def _runs(
    size: int, servers: Servers, rounds: int, seconds: int
) -> dict[tuple[str, str], list[Run]]:
    runs = defaultdict(list)
    for work in WORKS:
        for rival in work.rivals:
            load.warm_up(servers[rival.program], rival.request, CONNECTIONS)
        for number in range(1, rounds + 1):
            for rival in work.rivals:
                with load.posting(servers[rival.program], work.posts_per_second):
                    run = _load(servers, rival, seconds)
                runs[work.name, rival.name].append(run)
                rate = f"{run.requests_per_second:,.0f} requests/s"
                say(f"{size:,} items, {work.name}, round {number}, {rival.name}: {rate}")
    return runs


def _load(servers: Servers, rival: Rival, seconds: int) -> Run:
    return load.measure(servers[rival.program], rival.request, seconds, CONNECTIONS)


def _require_same_items(servers: Servers) -> None:
    """End the program unless all give the same items in the same order."""
    for work in (JSON_100, JSON_1000):
        answers = [_json_items(servers, rival) for rival in work.rivals if rival.program != EMPTY]
        if any(answer != answers[0] for answer in answers) or not answers[0]:
            sys.exit(f"bench: the servers answer different items as {work.name}.")
    newest = [name for name, _ in _json_items(servers, JSON_100.rivals[0])[:50]]
    for rival in PAGE.rivals:
        with servers[rival.program].get(rival.request.path, HTML) as answer:
            page = html.unescape(answer.read().decode())
        if not all(name in page for name in newest):
            sys.exit(f"bench: the page of {rival.name} lacks some of the 50 newest items.")


def _json_items(servers: Servers, rival: Rival) -> list[tuple[str, str]]:
    """Return names and descriptions; REST framework wraps its pages."""
    with servers[rival.program].get(rival.request.path) as answer:
        document = json.load(answer)
    items = document if isinstance(document, list) else document["results"]
    return [(item["name"], item["description"]) for item in items]
