"""Rows of the results: one kind of request, sent to each program in turn in every round.

So whatever else the machine does meets all programs alike.
"""

import html
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench import load
from bench.load import HTML, JSON, Request, Run
from bench.progress import say
from bench.setup import databases
from bench.setup.servers import TUTORIAL, Program, Server

WORKERS = 2  # of each server, unless the row says otherwise
UNREAD_LISTS = 250
UNREAD_STEP = 3  # items between the starts of two of these lists

RequestFor = Callable[[Server], Request]
Runs = dict[tuple[int, str, str], list[Run]]  # by size, row and program; one for each round


@dataclass(frozen=True)
class Row:
    name: str
    itemsite: RequestFor
    tutorial: RequestFor | None = None
    wanted: float | None = None  # requests per second / the tutorial's
    workers: int = WORKERS
    posts_per_second: int = 0  # by others, at the same time
    commits_per_second: int = 0  # by others, at the same time

    def programs(self, programs: Sequence[Program]) -> list[Program]:
        """Return those that can answer this request."""
        return [program for program in programs if program != TUTORIAL or self.tutorial]

    def request(self, server: Server) -> Request:
        return (self.tutorial if server.program == TUTORIAL.name else self.itemsite)(server)


def get(path: str, accept: str = JSON) -> RequestFor:
    return lambda server: Request("GET", accept, (path,))


def get_unread(path: str, accept: str = JSON) -> RequestFor:
    """Read lists that begin at different items, each so rarely that none is still cached."""

    def request(server: Server) -> Request:
        starts = cursors(server, {}, UNREAD_STEP, UNREAD_LISTS)
        return Request("GET", accept, tuple(map(path.format, starts)))

    return request


def get_items(suffix: str = "") -> RequestFor:
    """Read a page of each of the newest items."""

    def request(server: Server) -> Request:
        ids = [item["id"] for item in server.get_json("/items/?limit=100")]
        return Request("GET", HTML, tuple(f"/items/{pk}/{suffix}" for pk in ids))

    return request


def post_items(server: Server) -> Request:
    text = "Counted on the {}th of May; to be looked through before the move. Key with {}."
    items = [
        {"name": f"Box {n:03}, second shelf", "description": text.format(n % 28 + 1, "Jörg")}
        for n in range(1, 1001)
    ]
    return Request("POST", JSON, tuple(map(json.dumps, items)))


JSON_100, JSON_1000 = get("/items/?limit=100"), get("/items/?limit=1000")
PAGE, TUTORIAL_PAGE = get("/items/", HTML), get("/", HTML)

ROWS = (
    Row("JSON list of 100", JSON_100, JSON_100, wanted=4),
    Row("JSON list of 1,000", JSON_1000, JSON_1000, wanted=15),
    Row("page of 50 rows", PAGE, TUTORIAL_PAGE, wanted=1.6),
    Row(
        "JSON list of 100 that nobody read before",
        get_unread("/items/?limit=100&after={}"),
        JSON_100,
        wanted=1.3,
        commits_per_second=50,
    ),
    Row(
        "page of 50 rows that nobody read before",
        get_unread("/items/?after={}", HTML),
        TUTORIAL_PAGE,
        commits_per_second=50,
    ),
    Row("item page", get_items()),
    Row("form of a new item", get("/items/new/", HTML)),
    Row("edit page", get_items("edit/")),
    Row("JSON list of 100, one worker", JSON_100, JSON_100, workers=1),
    Row("page of 50 rows, one worker", PAGE, TUTORIAL_PAGE, workers=1),
    # These write, and so change the size: they come last.
    Row("JSON list of 100 beside 50 POSTs/s", JSON_100, JSON_100, wanted=3.5, posts_per_second=50),
    Row("JSON create", post_items, post_items, wanted=1.5),
)


def measure(
    programs: Sequence[Program],
    rows: Sequence[Row],
    size: int,
    file: Path,
    rounds: int,
    seconds: int,
) -> Runs:
    """Measure all rows; the databases of itemsite are filled already."""
    runs: Runs = defaultdict(list)
    with ExitStack() as stack:
        servers = {
            (program, workers): stack.enter_context(
                program.running(program.database(size), workers)
            )
            for workers in {row.workers for row in rows}
            for program in programs
        }
        TUTORIAL.database(size).fill(file)
        _require_same_items([servers[program, WORKERS] for program in programs])
        for row in rows:
            rivals = [servers[program, row.workers] for program in row.programs(programs)]
            requests = {server: row.request(server) for server in rivals}
            for server in rivals:
                load.warm_up(server, requests[server])
            for number in range(1, rounds + 1):
                for server in rivals if number % 2 else reversed(rivals):
                    run = _measure_one(row, server, requests[server], seconds)
                    runs[size, row.name, server.program].append(run)
                    figures = f"{run.requests_per_second:,.0f} requests/s, {run.cpu_us:,.0f} µs"
                    say(f"{size:,} items, {row.name}, round {number}, {server.program}: {figures}")
    return runs


def _measure_one(row: Row, server: Server, request: Request, seconds: int) -> Run:
    with (
        server.database.connect() as side,
        load.repeating(server.post_item, row.posts_per_second),
        load.repeating(lambda: databases.commit(side), row.commits_per_second),
    ):
        return load.measure(server, request, seconds)


def cursors(server: Server, query: dict[str, str], step: int, count: int) -> list[str]:
    """Walk down a list as scripts do; return up to `count` cursors, `step` items apart."""
    found: list[str] = []
    while len(found) < count:
        cursor = {"after": found[-1]} if found else {}
        with server.get(f"/items/?{urlencode({**query, 'limit': step, **cursor})}") as answer:
            answer.read()
            link = re.search(r'<([^>]*)>; rel="next"', answer.headers["Link"] or "")
        if not link:
            break
        found.append(dict(parse_qsl(urlsplit(link[1]).query))["after"])
    return found


def _require_same_items(servers: list[Server]) -> None:
    """End the program unless all servers show the same items in the same order."""
    for limit in (100, 1000):
        lists = [server.get_json(f"/items/?limit={limit}") for server in servers]
        texts = [[(item["name"], item["description"]) for item in items] for items in lists]
        if len(texts[0]) != limit or any(text != texts[0] for text in texts):
            sys.exit(f"bench: the servers do not answer the same {limit} items.")
    newest = [name for name, _ in texts[0][:50]]
    for server in servers:
        path = "/" if server.program == TUTORIAL.name else "/items/"
        with server.get(path, HTML) as answer:
            page = html.unescape(answer.read().decode())
        if not all(name in page for name in newest):
            sys.exit(f"bench: the page of {server.program} lacks some of the 50 newest items.")
