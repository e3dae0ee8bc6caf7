"""itemsite's list pages at every size, with one connection: what a single reader waits.

The sizes take turns in each round, so that whatever else the machine does meets them all alike.
"""

import re
import sys
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench import load
from bench.databases import Database
from bench.load import HTML, Request, Run
from bench.processes import Server
from bench.progress import say
from bench.servers import ITEMSITE
from bench.texts import COMMON_WORD, MISSPELLED_WORDS, RARE_WORD

PAGE_ITEMS = 50
DEEP_ITEMS = 1000 * PAGE_ITEMS  # or the last full page, where there are fewer
STEP_ITEMS = 1000  # the most that a script gets at once
CONNECTIONS = 1
LEAST_SHOWN = 4  # times; a word that is searched is in the search box too
TOO_MANY = "too many to compare"


@dataclass(frozen=True)
class View:
    name: str
    parameters: dict[str, str] = field(default_factory=dict)
    is_deep: bool = False  # 1,000 pages down
    shown: str = ""  # a word of its items, in small letters


VIEWS = (
    View("first page"),
    View("1,000 pages deep", is_deep=True),
    View("by name", {"sort": "name"}),
    View("by name, 1,000 pages deep", {"sort": "name"}, is_deep=True),
    View("a common word", {"q": COMMON_WORD}, shown=COMMON_WORD),
    View("a common word, 1,000 pages deep", {"q": COMMON_WORD}, is_deep=True, shown=COMMON_WORD),
    View("a rare word", {"q": RARE_WORD}, shown=RARE_WORD),
)
CLOSE_VIEWS = tuple(
    View(wrong, {"q": wrong}, shown=right) for wrong, right in MISSPELLED_WORDS.items()
)

PageRuns = dict[tuple[int, str], list[Run]]  # by size and view, one for each round


def measure(places: dict[int, Database], rounds: int, seconds: int) -> PageRuns:
    """Measure all pages of the databases, which are filled already, by size."""
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(ITEMSITE.running(database))
            for size, database in places.items()
        }
        runs = defaultdict(list)
        for view in (*VIEWS, *CLOSE_VIEWS):
            requests = {size: _request(server, view) for size, server in servers.items()}
            for size, server in servers.items():
                load.warm_up(server, requests[size], CONNECTIONS)
            for number in range(1, rounds + 1):
                for size, server in servers.items():
                    run = load.measure(server, requests[size], seconds, CONNECTIONS)
                    runs[size, view.name].append(run)
                    say(f"{size:,} items, {view.name}, round {number}: p95 {run.p95_ms:.1f} ms")
    return runs


def _request(server: Server, view: View) -> Request:
    cursor = {"after": _deep_cursor(server, view.parameters)} if view.is_deep else {}
    request = Request(f"/items/?{urlencode(view.parameters | cursor)}", accept=HTML, is_anew=True)
    _require_items(server, request, view)
    return request


def _deep_cursor(server: Server, parameters: dict[str, str]) -> str:
    """Walk down the list as scripts do, to where page 1,000 begins, or the last full one."""
    cursors, depth = [""], 0
    for step in (STEP_ITEMS, PAGE_ITEMS):
        while depth + step <= DEEP_ITEMS:
            further = _next_cursor(server, parameters | {"limit": step, "after": cursors[-1]})
            if not further:
                break
            cursors.append(further)
            depth += step
    return cursors[-1] if depth == DEEP_ITEMS else cursors[-2]


def _next_cursor(server: Server, parameters: dict[str, str | int]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    with server.get(f"/items/?{urlencode(given)}") as answer:
        answer.read()
        link = re.search(r'<([^>]*)>; rel="next"', answer.headers["Link"] or "")
    return dict(parse_qsl(urlsplit(link[1]).query))["after"] if link else ""


def _require_items(server: Server, request: Request, view: View) -> None:
    """End the program unless the page shows items with the view's word, or says why it cannot."""
    with server.get(request.path, request.accept) as answer:
        page = answer.read().decode().lower()
    is_close = view in CLOSE_VIEWS
    least = 1 if is_close else LEAST_SHOWN
    if page.count(view.shown) < least and not (is_close and TOO_MANY in page):
        sys.exit(f"bench: {request.path} does not show what was searched.")
