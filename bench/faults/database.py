"""Faults of PostgreSQL: killed, or its connections are."""

import time
from functools import partial

from bench.faults.lab import Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, figures_of

TERMINATE = """
    SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
    WHERE usename = 'itemsite' AND pid <> pg_backend_pid()
"""


def kill_postgres(lab: Lab, seconds: float, *, weaker: str = "") -> Figures:
    with lab.site(weaker) as (server, postgres):
        with steady_load(server) as ledger:
            postgres.kill()
            time.sleep(seconds)
            postgres.start()
            ledger.fault_ended()
        return figures_of(ledger, postgres)


def forget_commits(lab: Lab) -> Figures:
    with lab.postgres(synchronous_commit="off", wal_writer_delay="10s") as postgres:
        with lab.serving(postgres.url) as server, steady_load(server) as ledger:
            ledger.await_writes(20)
            postgres.kill()
            postgres.start()
            ledger.fault_ended()
        return figures_of(ledger, postgres)


def terminate_idle(lab: Lab, *, weaker: str = "") -> Figures:
    """Close connections that nobody uses, then read; nothing may be felt."""
    failed = 0
    with lab.site(weaker) as (server, postgres):
        with steady_load(server) as ledger:
            pass
        for _ in range(5):
            with postgres.connect("postgres") as connection:
                connection.execute(TERMINATE)
            failed += sum(not 200 <= ledger.ask("read", "GET", "/items/") < 300 for _ in range(20))
        return figures_of(ledger, postgres, failed=failed)


def terminate_busy(lab: Lab) -> Figures:
    with lab.site() as (server, postgres):
        with steady_load(server) as ledger:
            for _ in range(5):
                with postgres.connect("postgres") as connection:
                    connection.execute(TERMINATE)
                ledger.fault_ended()
                ledger.await_writes(20)
        return figures_of(ledger, postgres)


TIMES = {"kill-postgres-3": 3, "kill-postgres-45": 45, "kill-postgres-360": 360}  # seconds
KILLED = "PostgreSQL killed, back after {} s"
IDLE = "idle connections terminated"
EXPERIMENTS = [
    *(
        Experiment(name, KILLED.format(time), partial(kill_postgres, seconds=time), {"recovery": 2})
        for name, time in TIMES.items()
    ),
    Experiment(
        "kill-postgres-45",
        KILLED.format(45),
        partial(kill_postgres, seconds=45, weaker="slow reconnect"),
        {"recovery": 2},
        control="the pool's reconnect_timeout is 300 s",
    ),
    Experiment(
        "kill-postgres-3", KILLED.format(0), forget_commits, control="synchronous_commit is off"
    ),
    Experiment("terminate-idle", IDLE, terminate_idle, {"failed": 0}),
    Experiment(
        "terminate-idle",
        IDLE,
        partial(terminate_idle, weaker="no health checks"),
        {"failed": 0},
        control="connections are not checked",
    ),
    Experiment("terminate-busy", "busy connections terminated", terminate_busy, {"recovery": 2}),
]
