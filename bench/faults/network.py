"""Packets that vanish. It needs a network of its own, so it runs in a process of its own."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.faults.lab import Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, NotRun, figures_of
from bench.faults.postgres import ROLE
from bench.setup.servers import ROOT

FAR = "127.0.0.2"  # where PostgreSQL is, for the site
WATCHED_SECONDS = 40
# The address stays in the table "local", which must come after the rules.
PREPARE = "ip link set lo up; ip rule add pref 10 lookup local; ip rule del pref 0"
LOSE = f"ip rule add pref 5 to {FAR} blackhole; ip rule add pref 5 from {FAR} blackhole"


def lose_packets(lab: Lab, *, is_patient: bool = False) -> Figures:
    if not shutil.which("unshare") or not shutil.which("ip"):
        raise NotRun("unshare and ip are not installed")
    if subprocess.run(["unshare", "-n", "sh", "-ec", f"{PREPARE}; {LOSE}"]).returncode:
        raise NotRun("no network namespace can be created, or it has no rules")
    command = ["unshare", "-n", sys.executable, "-m", "bench.faults.network", *PATIENT[is_patient]]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as inside:
        try:
            printed, _ = inside.communicate()
        finally:
            inside.terminate()  # it then stops what it started
    return json.loads(printed.splitlines()[-1])


def _inside(options: str = "", statement_timeout: str = "5") -> Figures:
    """Lose all packets to the first of two addresses of PostgreSQL, for ever."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    subprocess.run(["sh", "-ec", PREPARE], check=True)
    with tempfile.TemporaryDirectory(prefix="itemsite-faults-") as folder:
        lab = Lab(Path(folder))
        try:
            return _lose(lab, options, statement_timeout)
        finally:
            lab.close()


def _lose(lab: Lab, options: str, statement_timeout: str) -> Figures:
    with lab.postgres(listen_addresses=f"127.0.0.1,{FAR}") as postgres:
        hosts = f"host={FAR},127.0.0.1&port={postgres.port},{postgres.port}"
        url = f"postgresql://{ROLE}@/{ROLE}?{hosts}{options}"
        with lab.serving(url, STATEMENT_TIMEOUT_SECONDS=statement_timeout) as server:
            with steady_load(server) as ledger:
                subprocess.run(["sh", "-ec", LOSE], check=True)
                lost = time.monotonic()
                time.sleep(WATCHED_SECONDS)
            late = [a for a in ledger.attempts if a.begun > lost and not a.is_success]
            flapping = max((each.ended for each in late), default=lost) - lost
            return figures_of(ledger, postgres, flapping=flapping)


LOST = "packets to PostgreSQL vanish; it has another address"
LIMITS = {"flapping": 15}
PATIENT = {False: (), True: ("&tcp_user_timeout=0", "0")}  # what _inside() gets
EXPERIMENTS = [
    Experiment("lose-packets", LOST, lose_packets, LIMITS),
    Experiment(
        "lose-packets",
        LOST,
        partial(lose_packets, is_patient=True),
        LIMITS,
        control="tcp_user_timeout, and a limit for PostgreSQL's answers",
        note="without the first alone, which was the usual control, the second helps",
    ),
]


if __name__ == "__main__":
    print(json.dumps(_inside(*sys.argv[1:])))
