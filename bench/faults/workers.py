"""Faults of the site's own processes."""

import os
import signal
import time
from functools import partial

from bench.faults.lab import Lab
from bench.faults.ledger import Load, steady_load
from bench.faults.outcome import Experiment, Figures, figures_of
from itemsite.tests.clone import until

KILLS = 12


def kill_workers(lab: Lab, *, kills: int, pause: float, has_keys: bool = True) -> Figures:
    with lab.site() as (server, postgres):
        births = []
        with steady_load(server, Load(writers=8, per_second=30, has_keys=has_keys)) as ledger:
            for _ in range(kills):
                before = server.workers()
                os.kill(before[0], signal.SIGKILL)
                begun = time.monotonic()
                ledger.fault_ended()
                until(lambda before=before: len(set(server.workers()) - set(before)) > 0)
                births.append(time.monotonic() - begun)
                ledger.await_writes(20)
                time.sleep(pause)
        return figures_of(ledger, postgres, birth=max(births), workers=len(server.workers()))


KILLED = "a worker killed, 12 times, clients retry"
EXPERIMENTS = [
    Experiment(
        "kill-workers",
        KILLED,
        partial(kill_workers, kills=KILLS, pause=2),
        {"birth": 2, "recovery": 2},
    ),
    Experiment(
        "kill-workers",
        KILLED,
        partial(kill_workers, kills=60, pause=0, has_keys=False),
        control="no Idempotency-Key, 60 times",
    ),
]
