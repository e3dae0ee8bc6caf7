"""PgBouncer in transaction mode in front of PostgreSQL, set up as docs/deploy.md says."""

import time
from functools import partial

from bench.faults.lab import GUNICORN, OPEN, Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of
from bench.faults.stalls import LOCKED_LIMITS, LOCKED_SECONDS
from itemsite.tests.serving.proxies.pgbouncer import PGBOUNCER, PgBouncer, documented

SERVERS = 20  # PgBouncer's connections to PostgreSQL
AWAY_SECONDS = 1


def lock_behind(lab: Lab, *, has_time_outs: bool = True) -> Figures:
    """Lock the table, then kill PgBouncer and start it again."""
    if not PGBOUNCER:
        raise NotRun("pgbouncer is not installed")
    with lab.postgres() as postgres:
        with postgres.connect("postgres") as connection:
            for order in documented() if has_time_outs else ():
                connection.execute(order)
        bouncer = PgBouncer(f"host=127.0.0.1 port={postgres.port}", SERVERS)
        try:
            with lab.serving(bouncer.url, GUNICORN, **OPEN, DATABASE_PREPARE="0") as server:
                with steady_load(server) as ledger:
                    with postgres.locked_table():
                        time.sleep(LOCKED_SECONDS)
                    ledger.fault_ended()
                    ledger.await_writes(20)
                    bouncer.kill()
                    time.sleep(AWAY_SECONDS)
                    bouncer.start()
                    ledger.fault_ended()
                    ledger.await_writes(20)
        finally:
            bouncer.stop()
        return figures_of(ledger, postgres)


BEHIND = f"behind PgBouncer: the table locked for {LOCKED_SECONDS} s, then PgBouncer killed"
LIMITS = {name: LOCKED_LIMITS[name] for name in ("write", "recovery")}
EXPERIMENTS = [
    Experiment("pgbouncer", BEHIND, lock_behind, LIMITS),
    Experiment(
        "pgbouncer",
        BEHIND,
        partial(lock_behind, has_time_outs=False),
        LIMITS,
        control="the time-outs of the role (ALTER ROLE)",
    ),
]
