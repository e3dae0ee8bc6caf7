"""PostgreSQL is there, but does not do what it is asked."""

import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import psycopg

from bench.faults.database import TERMINATE
from bench.faults.forms import prepared_forms, send_all
from bench.faults.lab import GUNICORN, OPEN, SERVE, Lab
from bench.faults.ledger import Ledger, steady_load
from bench.faults.outcome import Experiment, Figures, figures_of, longest
from bench.faults.postgres import ROLE, Postgres
from itemsite.tests.clone import Server, until

STOPPED_SECONDS, LOCKED_SECONDS, WITHOUT_SECONDS = 20, 10, 5
CROWD = 24  # reads at once: more than the pools of all workers have connections
SLOTS = 30  # connections that PostgreSQL allows


def stop_postgres(lab: Lab, *, weaker: str = "") -> Figures:
    """Send SIGSTOP; those with a connection wait longest, all others get an answer at once."""
    with lab.site(weaker) as (server, postgres):
        with steady_load(server) as ledger, ThreadPoolExecutor(CROWD) as crowd:
            postgres.send(signal.SIGSTOP)
            try:
                for _ in range(CROWD):  # they take all connections
                    crowd.submit(ledger.ask, "read", "GET", "/items/?limit=3")
                _probe(ledger, time.monotonic() + STOPPED_SECONDS)
            finally:
                postgres.send(signal.SIGCONT)
                ledger.fault_ended()
        figures = {kind: longest(ledger, kind) for kind in ("readyz", "others")}
        return figures_of(ledger, postgres, **figures)


def _probe(ledger: Ledger, end: float) -> None:
    """Ask as those do who come later."""
    time.sleep(3)
    while time.monotonic() < end:
        ledger.ask("others", "GET", "/items/?limit=5")
        time.sleep(0.2)


def lock_table(lab: Lab, *, weaker: str = "") -> Figures:
    """Lock the table while people send forms; `lost_texts` counts texts that they must retype."""
    with lab.site(weaker) as (server, postgres):
        forms = prepared_forms(server)
        with steady_load(server) as ledger, ThreadPoolExecutor(len(forms)) as people:
            with postgres.locked_table():
                sent = send_all(people, ledger, forms)
                time.sleep(LOCKED_SECONDS)
            ledger.fault_ended()
            lost_texts = sum(not each.result() for each in sent)
        figures = {"form": longest(ledger, "form"), "lost_texts": lost_texts}
        return figures_of(ledger, postgres, **figures)


def make_read_only(lab: Lab) -> Figures:
    """Writes are refused with 503, reads answered; `failed` counts reads that are not."""
    with lab.site() as (server, postgres):
        key = _key(lab, postgres.url)
        with steady_load(server) as ledger:
            _set_read_only(postgres)
            failed = sum(not 200 <= status < 300 for status in _read_in_all_ways(ledger, key))
            _let_write(postgres)
            ledger.fault_ended()
        return figures_of(ledger, postgres, failed=failed)


def _key(lab: Lab, url: str) -> str:
    arguments = ("create_api_key", "reader", "--user", "admin", "--read-only")
    made = lab.clone.manage(*arguments, DATABASE_URL=url, SECRET_KEY="-" * 50)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def _read_in_all_ways(ledger: Ledger, key: str) -> list[int]:
    ways = ({}, {"Authorization": f"Bearer {key}"}, {"Accept": "text/html"})
    paths = ("/items/", "/items/?q=fault", "/items.csv", "/changes/")
    return [ledger.ask("read", "GET", path, **way) for path in paths for way in ways]


def _set_read_only(postgres: Postgres) -> None:
    with postgres.connect("postgres") as connection:
        connection.execute(f"ALTER ROLE {ROLE} SET default_transaction_read_only = on")
        connection.execute(TERMINATE)  # the new connections have it


def _let_write(postgres: Postgres) -> None:
    """Only new connections can: the site has to give up those that cannot."""
    with postgres.connect("postgres") as connection:
        connection.execute(f"ALTER ROLE {ROLE} RESET default_transaction_read_only")


def take_all_slots(lab: Lab) -> Figures:
    with lab.postgres(max_connections=str(SLOTS)) as postgres:
        with lab.serving(postgres.url) as server, steady_load(server) as ledger:
            taken = _take_slots(postgres)
            time.sleep(WITHOUT_SECONDS)
            for each in taken:
                each.close()
            ledger.fault_ended()
        return figures_of(ledger, postgres, taken=len(taken))


def _take_slots(postgres: Postgres) -> list[psycopg.Connection]:
    """Close the site's connections, and open all that PostgreSQL allows."""
    taken = []
    with postgres.connect("postgres") as connection, suppress(psycopg.OperationalError):
        connection.execute(TERMINATE)
        while True:
            taken.append(postgres.connect())
    return taken


def start_without(lab: Lab, *, command: Sequence[str] = GUNICORN) -> Figures:
    """Start while PostgreSQL is down; `broken` counts what is not as it should be."""
    postgres, begun = lab.new_postgres(), time.monotonic()
    server = lab.start_site(postgres.url, command, **OPEN)
    try:
        until(lambda: server.process.poll() is not None or _answers(server))
        listening = time.monotonic() - begun
        if server.process.poll() is not None:
            return {"broken": 1, "listening": listening}
        before = [server.request("GET", path)[0] for path in ("/healthz", "/readyz")]
        postgres.start()
        with steady_load(server) as ledger:
            pass
        ready = server.request("GET", "/readyz")[0]
        figures = figures_of(ledger, postgres)
    finally:
        server.stop()
        postgres.stop()
    return figures | {"listening": listening, "broken": [*before, ready] != [200, 503, 200]}


def _answers(server: Server) -> bool:
    try:
        return bool(server.request("GET", "/healthz"))
    except OSError:
        return False


STOPPED = f"PostgreSQL stopped (SIGSTOP) for {STOPPED_SECONDS} s"
STOPPED_LIMITS = {
    "others": 2,
    "healthz": 0.5,
    "readyz": 2,
    "read": 8.5,
    "write": 8.5,
    "recovery": 2,
}
LOCKED = f"the table locked for {LOCKED_SECONDS} s"
LOCKED_LIMITS = {"write": 3.5, "form": 3.5, "recovery": 2, "lost_texts": 0}
DOWN, DOWN_LIMITS = "a start while PostgreSQL is down", {"listening": 3, "broken": 0}
EXPERIMENTS = [
    Experiment("start-without", DOWN, start_without, DOWN_LIMITS),
    Experiment(
        "start-without",
        DOWN,
        partial(start_without, command=SERVE),
        DOWN_LIMITS,
        control="gunicorn alone: bin/serve, which migrates first, ends",
    ),
    Experiment("stop-postgres", STOPPED, stop_postgres, STOPPED_LIMITS),
    Experiment(
        "stop-postgres",
        STOPPED,
        partial(stop_postgres, weaker="patient pool"),
        STOPPED_LIMITS,
        control="the pool's time-out of 1 s",
        note="gevent needs no threads; as many threads as connections was the usual control",
    ),
    Experiment("lock-table", LOCKED, lock_table, LOCKED_LIMITS),
    Experiment(
        "lock-table",
        LOCKED,
        partial(lock_table, weaker="no lock time-out"),
        LOCKED_LIMITS,
        control="lock_timeout and statement_timeout",
    ),
    Experiment("read-only", "the database read-only", make_read_only, {"failed": 0, "recovery": 2}),
    Experiment("no-slots", "no connection left for 5 s (53300)", take_all_slots, {"recovery": 2}),
]
