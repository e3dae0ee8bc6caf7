"""The short form of bench/faults: what was acknowledged is there, once, whatever broke meanwhile.

Limits in seconds are asserted by bench/faults alone.
"""

import tempfile
from functools import partial
from pathlib import Path

import pytest

from bench.faults import clients, database, workers
from bench.faults.lab import Lab
from bench.faults.outcome import NEVER

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def lab():
    with tempfile.TemporaryDirectory(prefix="itemsite-faults-") as folder:  # open to its account
        lab = Lab(Path(folder))
        yield lab
        lab.close()


@pytest.mark.parametrize(
    "run",
    [
        partial(database.kill_postgres, seconds=1),
        database.terminate_idle,
        database.terminate_busy,
        partial(workers.kill_workers, kills=4, pause=0.5),
        partial(workers.reload, writes=0),
        workers.end_with_requests_under_way,
    ],
    ids=["kill-postgres", "terminate-idle", "terminate-busy", "kill-workers", "reload", "end"],
)
def test_nothing_acknowledged_is_lost_or_doubled(lab, run):
    figures = run(lab)

    assert figures["acknowledged"]
    assert {name: figures[name] for name in NEVER} == NEVER
    assert figures.get("failed", 0) == 0


def test_writers_on_one_item_see_each_other(lab):
    assert clients.edit_together(lab)["lost"] == 0


def test_without_what_protects_them_they_would_fail(lab):
    assert clients.edit_together(lab, has_etags=False)["lost"]
    assert workers.restart(lab)["cut"]
