"""Hours of steady load with faults at random times, from a seed."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.faults.database import TERMINATE
from bench.faults.lab import Lab
from bench.faults.ledger import Ledger, Load, steady_load
from bench.faults.outcome import Experiment, Figures, figures_of
from bench.faults.postgres import Postgres
from bench.progress import say
from itemsite.tests.clone import Server

SEED = 17
SHARE = 0.8  # of the capacity
PROBE_SECONDS = 10  # of the measurement of the capacity
FAULT_EVERY_SECONDS = (40, 80)
SETTLING_SECONDS = 600  # or a sixth of the time; then memory should not grow
GROWTH_PERCENT = 5
CLIENTS = Load(
    writers=6,
    readers=6,
    per_second=1000,
    paths=(
        "/items/?limit=20",
        "/items/",
        "/items/?q=fault+dead&limit=20",
        "/items/?q=fault+dead",
        "/changes/?limit=20",
        "/docs/",
    ),
    accepts=("application/json", "text/html"),
)


def soak(lab: Lab, seconds: float, *, has_faults: bool) -> Figures:
    with lab.site() as (server, postgres):
        with steady_load(server, CLIENTS) as ledger:
            begun, before = time.monotonic(), len(ledger.attempts)
            time.sleep(PROBE_SECONDS)
            capacity = (len(ledger.attempts) - before) / (time.monotonic() - begun)
        clients = CLIENTS.writers + CLIENTS.readers + 2  # and two probes
        load = replace(CLIENTS, per_second=SHARE * capacity / clients)
        say(f"soak: capacity {capacity:.0f} requests per second; {SHARE:.0%} of it")
        with steady_load(server, load) as ledger:
            growth = _watch(ledger, server, postgres, seconds, has_faults)
        troubled = sum(not each.is_success for each in ledger.attempts)
        tracebacks = server.output.count("Traceback")
        figures = figures_of(ledger, postgres, growth=growth, tracebacks=tracebacks)
    failed = 0 if has_faults else troubled
    return figures | {"failed": failed, "capacity": capacity, "seconds": seconds}


def _watch(
    ledger: Ledger, server: Server, postgres: Postgres, seconds: float, has_faults: bool
) -> float:
    """Hurt the site until the time is over; return how much memory grew, in percent."""
    chance, begun = random.Random(SEED), time.monotonic()
    settled_at = begun + min(SETTLING_SECONDS, seconds / 6)
    next_fault = begun + chance.uniform(*FAULT_EVERY_SECONDS)
    settled = None
    while time.monotonic() < begun + seconds:
        time.sleep(1)
        if settled is None and time.monotonic() > settled_at:
            settled = _megabytes(server)
        if has_faults and time.monotonic() > next_fault:
            fault = chance.choice(FAULTS)
            say(f"soak: {fault.__name__}; {len(ledger.acknowledged):,} acknowledged")
            fault(server, postgres)
            ledger.fault_ended()
            next_fault = time.monotonic() + chance.uniform(*FAULT_EVERY_SECONDS)
    settled = settled or _megabytes(server)
    return 100 * (_megabytes(server) / settled - 1)


def _megabytes(server: Server) -> float:
    """Return the private and shared memory of all workers (PSS)."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in server.workers()]
    return sum(int(text.partition("\nPss:")[2].split()[0]) for text in texts) / 1000


def kill_postgres(server: Server, postgres: Postgres) -> None:
    postgres.kill()
    time.sleep(3)
    postgres.start()


def kill_a_worker(server: Server, postgres: Postgres) -> None:
    os.kill(server.workers()[0], signal.SIGKILL)


def reload(server: Server, postgres: Postgres) -> None:
    os.kill(server.process.pid, signal.SIGHUP)


def terminate(server: Server, postgres: Postgres) -> None:
    with postgres.connect("postgres") as connection:
        connection.execute(TERMINATE)


def stop_postgres(server: Server, postgres: Postgres) -> None:
    postgres.send(signal.SIGSTOP)
    time.sleep(5)
    postgres.send(signal.SIGCONT)


def lock_table(server: Server, postgres: Postgres) -> None:
    with postgres.locked_table():
        time.sleep(5)


FAULTS: list[Callable[[Server, Postgres], None]] = [
    kill_postgres,
    kill_a_worker,
    reload,
    terminate,
    stop_postgres,
    lock_table,
]


def experiments(seconds: float) -> list[Experiment]:
    """Return a soak with faults and, for memory and errors, one without."""
    hurt, quiet = "soak-faults", "soak"
    return [
        Experiment(
            quiet,
            f"steady load at {SHARE:.0%} of the capacity",
            lambda lab: soak(lab, seconds, has_faults=False),
            {"failed": 0, "tracebacks": 0, "growth": GROWTH_PERCENT},
        ),
        Experiment(
            hurt,
            f"faults at random (seed {SEED}) under that load",
            lambda lab: soak(lab, seconds, has_faults=True),
            {"tracebacks": 0},
        ),
    ]
