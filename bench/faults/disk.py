"""A full disk under a PostgreSQL that nobody supervises."""

import os
import subprocess
import time

from bench.faults.lab import Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of
from bench.faults.postgres import Postgres, running
from bench.faults.private import DISK_MEGABYTES, fill

FULL_SECONDS = 8


def fill_disk(lab: Lab) -> Figures:
    """Leave no room for new rows; `unread` counts reads that were refused."""
    if os.getuid():
        raise NotRun("only root can mount a small disk")
    disk = lab.new_folder("disk")
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "itemsite-faults", disk],
        check=True,
    )
    try:
        disk.chmod(0o755)
        with running(lab.new_postgres(disk / "data")) as postgres:
            return _fill(lab, postgres, disk / "ballast")
    finally:
        subprocess.run(["umount", disk], check=True)


def _fill(lab: Lab, postgres: Postgres, ballast) -> Figures:
    with lab.serving(postgres.url) as server:
        with steady_load(server) as ledger:
            fill(ballast)
            time.sleep(FULL_SECONDS)
            ballast.unlink()
            ledger.fault_ended()
            ledger.await_writes(20)
        unread = sum(a.kind == "read" and not a.is_success for a in ledger.attempts)
        refused = sum(a.kind == "write" and a.status == 503 for a in ledger.attempts)
        return figures_of(ledger, postgres, unread=unread, refused=refused)


EXPERIMENTS = [
    Experiment("fill-disk", "the disk full for 8 s", fill_disk, {"unread": 0, "recovery": 3}),
]
