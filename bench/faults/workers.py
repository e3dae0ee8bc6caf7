"""Faults of the site's own processes."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench.faults.lab import Lab
from bench.faults.ledger import Ledger, Load, steady_load
from bench.faults.outcome import Experiment, Figures, figures_of
from itemsite.tests.clone import Server, until

RELOADS = 10
UNDER_WAY_SECONDS = 2.5  # that a request waits for a lock


def kill_workers(lab: Lab, *, kills: int, pause: float, has_keys: bool = True) -> Figures:
    load = Load(writers=8, per_second=30, has_keys=has_keys)
    with lab.site() as (server, postgres):
        births = []
        with steady_load(server, load) as ledger:
            for _ in range(kills):
                births.append(_kill_one(server))
                ledger.fault_ended()
                ledger.await_writes(20)
                time.sleep(pause)
        return figures_of(ledger, postgres, birth=max(births))


def _kill_one(server: Server) -> float:
    """Kill a worker; return the seconds until there is another."""
    before = set(server.workers())
    os.kill(min(before), signal.SIGKILL)
    begun = time.monotonic()
    until(lambda: set(server.workers()) - before)
    return time.monotonic() - begun


def reload(lab: Lab, *, writes: int) -> Figures:
    """Reload, and again after so many writes."""
    with lab.site() as (server, postgres):
        with steady_load(server, Load(per_second=20)) as ledger:
            for _ in range(RELOADS):
                os.kill(server.process.pid, signal.SIGHUP)
                ledger.fault_ended()
                time.sleep(1 / 3)  # a signal that waits is not sent twice
                ledger.await_writes(writes)
        return figures_of(ledger, postgres)


def restart(lab: Lab) -> Figures:
    """Stop and start, which is what a reload avoids."""
    with lab.postgres() as postgres, lab.serving(postgres.url) as server:
        with steady_load(server) as ledger:
            port = str(server.port)
            server.stop()
            with lab.serving(postgres.url, PORT=port):
                ledger.fault_ended()
                ledger.await_writes(20)
                ledger.stop()
                until(lambda: len(ledger.acknowledged) == len(ledger.sent))
        return figures_of(ledger, postgres)


def end_with_requests_under_way(lab: Lab, *, arguments: str = "") -> Figures:
    """Send SIGTERM while three posts wait for a lock: each is to be acknowledged."""
    variables = {"GUNICORN_CMD_ARGS": arguments} if arguments else {}
    with lab.postgres() as postgres, lab.serving(postgres.url, **variables) as server:
        ledger = Ledger(server, Load())
        ledger.gives_up_at = 0  # no retries: nobody is there
        with ThreadPoolExecutor(3) as people:
            with postgres.locked_table():
                sent = [people.submit(ledger.write) for _ in range(3)]
                until(lambda: _waiting(postgres) >= 3)
                server.process.terminate()
                time.sleep(UNDER_WAY_SECONDS - 1)
            for each in sent:
                each.result()
        server.process.wait()
        return figures_of(ledger, postgres)


def _waiting(postgres) -> int:
    with postgres.connect("postgres") as connection:
        return connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        ).fetchone()[0]


KILLED = "a worker killed (kill -9), 12 times, clients retry"
HUP = f"{RELOADS} reloads (HUP)"
HUP_LIMITS = {"cut": 0, "busy": 0, "stall": 1}
TERM = "SIGTERM with requests under way"
EXPERIMENTS = [
    Experiment(
        "kill-workers",
        KILLED,
        partial(kill_workers, kills=12, pause=2),
        {"birth": 2, "recovery": 2},
    ),
    Experiment(
        "kill-workers",
        KILLED,
        partial(kill_workers, kills=60, pause=0, has_keys=False),
        control="Idempotency-Key, 60 times",
    ),
    Experiment("reload", HUP, partial(reload, writes=50), HUP_LIMITS),
    Experiment("reload", HUP, restart, HUP_LIMITS, control="a reload: stopped and started"),
    Experiment(
        "reload-at-birth",
        f"{RELOADS} reloads while workers are being born",
        partial(reload, writes=0),
        {"cut": 0, "busy": 0, "stall": 2},
    ),
    Experiment("end", TERM, end_with_requests_under_way),
    Experiment(
        "end",
        TERM,
        partial(end_with_requests_under_way, arguments="--graceful-timeout 0"),
        control="time for requests under way (--graceful-timeout 0)",
    ),
]
