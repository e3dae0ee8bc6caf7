"""Clients that are slow, many, or at the same item."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from threading import Event, Thread
from urllib.parse import urlencode

from bench.faults.forms import post
from bench.faults.lab import SERVE, Lab
from bench.faults.ledger import Ledger, Load, steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of, longest
from bench.faults.postgres import Postgres
from itemsite.tests.clone import Server
from itemsite.tests.serving.proxies.nginx import NGINX, Nginx

SLOW_CLIENTS, DRIP_SECONDS, DRIPPING_SECONDS = 300, 2, 15
HEAD = (
    b"POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 900\r\n\r\n"
)
FILES = 256  # open at once, as on macOS
WRITERS, EDITS = 6, 20
SIGN_INS = 100
ROWS, SEARCHES, SEARCHING_SECONDS = 20_000, 32, 12
GTHREAD = "--worker-class=gthread --threads=16"


def slow_clients(lab: Lab, *, has_proxy: bool, arguments: str = "") -> Figures:
    """Send a byte every two seconds, 300 times at once; `ordinary` is what others wait."""
    if has_proxy and not NGINX:
        raise NotRun("nginx is not installed")
    variables = {"GUNICORN_CMD_ARGS": arguments} if arguments else {}
    with lab.site(**variables) as (server, postgres), ExitStack() as stack:
        door = server
        if has_proxy:
            door = Nginx(lab.own_folder("nginx"), server)
            stack.callback(door.stop)
        return _ordinary(door, postgres)


def _ordinary(door: Server, postgres: Postgres) -> Figures:
    """Return what others feel while slow clients send."""
    with steady_load(door, Load(writers=1, readers=1)) as ledger, _dripping(door):
        begun = time.monotonic()
        time.sleep(DRIPPING_SECONDS)
        late = [a for a in ledger.attempts if a.begun > begun + DRIP_SECONDS]
    waits = sorted(each.ended - each.begun for each in late) or [float("inf")]
    ordinary = waits[len(waits) * 95 // 100]
    return figures_of(ledger, postgres, ordinary=ordinary, failed=_failed(late))


def few_files(lab: Lab, *, limit: str) -> Figures:
    """Let the shell limit open files, for a single worker with more clients than that."""
    command = ("sh", "-c", f'ulimit {limit} {FILES}; exec "$@"', "sh", *SERVE)
    with lab.site(command=command, WEB_CONCURRENCY="1") as (server, postgres):
        return _ordinary(server, postgres)


def _failed(attempts) -> int:
    return sum(not each.is_success for each in attempts)


@contextmanager
def _dripping(server: Server) -> Iterator[None]:
    is_over = Event()
    with ExitStack() as stack:
        slow = []
        for _ in range(SLOW_CLIENTS):
            client = socket.create_connection((server.host, server.port))
            slow.append(stack.enter_context(closing(client)))
            client.sendall(HEAD)
        dripper = Thread(target=_drip, args=(slow, is_over))
        dripper.start()
        yield
        is_over.set()
        dripper.join()


def _drip(slow: list[socket.socket], is_over: Event) -> None:
    while not is_over.wait(DRIP_SECONDS):
        for each in slow:
            with suppress(OSError):  # the proxy closed it
                each.send(b" ")


def edit_together(lab: Lab, *, has_etags: bool = True) -> Figures:
    """Let six writers each append their letter many times; `lost` counts appended letters."""
    with lab.site() as (server, _):
        item = server.insist("POST", "/items/", {"name": "shared"})[2]["id"]
        edit = partial(_edit, server, f"/items/{item}/", has_etags)
        with ThreadPoolExecutor(WRITERS) as people:
            done = sum(people.map(edit, "abcdef"))
        written = server.insist("GET", f"/items/{item}/")[2]["description"]
        return {"acknowledged": done, "lost": done - len(written)}


def _edit(server: Server, path: str, has_etags: bool, letter: str) -> int:
    """Append a letter until EDITS were acknowledged; return how many were."""
    done = 0
    while done < EDITS:
        _, headers, item = server.insist("GET", path)
        condition = {"If-Match": headers["ETag"]} if has_etags else {}
        body = json.dumps({"description": item["description"] + letter})
        condition["Content-Type"] = "application/json"
        done += server.insist("PATCH", path, body, **condition)[0] == 200
    return done


def sign_in_together(lab: Lab, *, weaker: str = "") -> Figures:
    with lab.site(weaker) as (server, postgres):
        with steady_load(server) as ledger, ThreadPoolExecutor(SIGN_INS) as people:
            begun = time.monotonic()
            list(people.map(partial(_sign_in, ledger), range(SIGN_INS)))
        during = [a for a in ledger.attempts if a.kind == "read" and a.begun > begun]
        lists = max((each.ended - each.begun for each in during), default=0)
        return figures_of(ledger, postgres, lists=lists)


def _sign_in(ledger: Ledger, number: int) -> None:
    form = {"username": f"user{number}", "password": "wrong"}
    post(ledger, "sign-in", "/accounts/login/", form)


def search_together(lab: Lab, *, weaker: str = "") -> Figures:
    """Let one client search many times at once; `failed` counts item pages that were refused."""
    with lab.site(weaker) as (server, postgres):
        with postgres.connect() as connection:
            connection.execute(
                "INSERT INTO items_item (name, description) SELECT 'Box ' || n, 'a shelf of '"
                f" || md5(n::text) FROM generate_series(1, {ROWS}) AS n"
            )
            connection.execute("VACUUM ANALYZE")
        item = server.insist("GET", "/items/?limit=1")[2][0]["id"]
        with steady_load(server, Load(writers=1, readers=1)) as ledger:
            end = time.monotonic() + SEARCHING_SECONDS
            with ThreadPoolExecutor(SEARCHES) as people:
                for number in range(SEARCHES):
                    people.submit(_search, ledger, number, end)
                while time.monotonic() < end:
                    ledger.ask("item", "GET", f"/items/{item}/", Accept="text/html")
                    time.sleep(0.1)
        pages = [each for each in ledger.attempts if each.kind == "item"]
        figures = {"failed": _failed(pages), "pages": len(pages), "item": longest(ledger, "item")}
        return figures_of(ledger, postgres, **figures)


def _search(ledger: Ledger, number: int, end: float) -> None:
    turn = 0
    while time.monotonic() < end:
        turn += 1
        query = urlencode({"q": f"shelf {number:x} {turn % 16:x}", "limit": 100})
        ledger.ask("search", "GET", f"/items/?{query}", Accept="text/html", Prefer="count=exact")


SLOW = f"{SLOW_CLIENTS} clients that send a byte every {DRIP_SECONDS} s"
FEW = f"{SLOW}, a worker with a soft limit of {FILES} open files"
SLOW_LIMITS = {"ordinary": 0.1, "failed": 0}
SIGNING, SIGNING_LIMITS = f"{SIGN_INS} sign-ins at once", {"healthz": 0.5, "lists": 1}
SEARCHING, SEARCHING_LIMITS = (
    f"{SEARCHES} searches at once, {ROWS:,} items",
    {"failed": 0, "item": 1},
)
EXPERIMENTS = [
    Experiment(
        "slow-clients",
        f"{SLOW}, through the proxy",
        partial(slow_clients, has_proxy=True),
        SLOW_LIMITS,
    ),
    Experiment(
        "slow-clients",
        SLOW,
        partial(slow_clients, has_proxy=False, arguments=GTHREAD),
        SLOW_LIMITS,
        control="the proxy, and with gunicorn's gthread workers",
        note="gevent's workers hold out without a proxy: slow-clients-alone",
    ),
    Experiment(
        "slow-clients-alone",
        f"{SLOW}, without a proxy",
        partial(slow_clients, has_proxy=False),
        SLOW_LIMITS,
    ),
    Experiment("few-files", FEW, partial(few_files, limit="-Sn"), SLOW_LIMITS),
    Experiment(
        "few-files",
        FEW,
        partial(few_files, limit="-n"),
        SLOW_LIMITS,
        control="a hard limit above it, to which the site raises the soft one",
    ),
    Experiment("edit-together", f"{WRITERS} writers on one item, with ETags", edit_together),
    Experiment(
        "edit-together",
        "without ETags",
        partial(edit_together, has_etags=False),
        control="If-Match",
    ),
    Experiment("sign-ins", SIGNING, sign_in_together, SIGNING_LIMITS),
    Experiment(
        "sign-ins",
        SIGNING,
        partial(sign_in_together, weaker="hashes in the loop"),
        SIGNING_LIMITS,
        control="a thread for password hashes",
    ),
    Experiment("searches", SEARCHING, search_together, SEARCHING_LIMITS),
    Experiment(
        "searches",
        SEARCHING,
        partial(search_together, weaker="all for heavy reads"),
        SEARCHING_LIMITS,
        control="a limit of connections for searches",
    ),
]
