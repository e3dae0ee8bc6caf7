"""The machine, and the releases of everything that is measured."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.setup import databases

ITEMSITE = ("Django", "psycopg", "gunicorn")


def describe(load_average: float) -> list[str]:
    """Return lines of text; `load_average` is that of the minute before the measurements."""
    wrk = subprocess.run(["wrk", "-v"], stdout=subprocess.PIPE, text=True).stdout.split()
    postgres = databases.server_version()
    return [
        *hardware(load_average),
        f"Python {platform.python_version()}, PostgreSQL {postgres}, {' '.join(wrk[:2])}",
        releases(),
        "tutorial: the releases in bench/requirements.txt",
    ]


def hardware(load_average: float) -> list[str]:
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30
    return [
        f"{os.cpu_count()} cores, {_processor()}; {gigabytes:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}; load average before {load_average:.1f}",
    ]


def releases() -> str:
    return f"itemsite: {', '.join(f'{name} {version(name)}' for name in ITEMSITE)}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
