"""The machine and the releases of everything that was measured."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench import databases
from bench.processes import ROOT

OURS = ("Django", "psycopg", "gunicorn")
PEERS_REQUIREMENTS = ROOT / "bench" / "requirements.txt"


def describe(load_average: float) -> list[str]:
    """Return lines of text; `load_average` is that of the minute before the measurements."""
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30
    return [
        f"{os.cpu_count()} cores, {_processor()}; {gigabytes:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}; load average before {load_average:.1f}",
        f"Python {platform.python_version()}, PostgreSQL {databases.server_version()}, {_wrk()}",
        f"itemsite and plain Django: {', '.join(f'{name} {version(name)}' for name in OURS)}",
        f"peers: {', '.join(_peers())}",
    ]


def _peers() -> list[str]:
    lines = PEERS_REQUIREMENTS.read_text().splitlines()
    return [line.split("#")[0].strip().replace("==", " ") for line in lines if "==" in line]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _wrk() -> str:
    said = subprocess.run(["wrk", "-v"], stdout=subprocess.PIPE, text=True).stdout
    return " ".join(said.split()[:2])
