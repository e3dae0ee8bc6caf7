"""Commands whose connection to PostgreSQL is terminated."""

import subprocess
import sys
import time
from pathlib import Path

from bench.faults.database import TERMINATE
from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures
from bench.faults.postgres import Postgres
from bench.progress import say
from itemsite.tests.clone import until

ROWS = 20_000
MOMENTS = (0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.97)  # parts of the time that an import takes
BROKE = 3  # the exit status
IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'itemsite'"
COUNT = "SELECT count(*), count(DISTINCT name) FROM items_item WHERE name LIKE %s"


def cut_imports(lab: Lab) -> Figures:
    """Terminate the connection at several moments, each in an import of its own, then try again.

    `half` counts tables with a part of the rows, `wrong` exit statuses and tracebacks.
    """
    half = wrong = doubled = cut = 0
    with lab.postgres() as postgres:
        whole = _seconds(lab, postgres)
        for number, moment in enumerate(MOMENTS):
            names = f"cut {number} "
            file = _file(lab, names)
            command = _start(lab, postgres, file)
            until(lambda: _connections(postgres))
            time.sleep(moment * whole)
            with postgres.connect("postgres") as connection:
                connection.execute(TERMINATE)
            said = command.communicate()[1]
            rows, _ = _count(postgres, names)
            has_all = rows == ROWS
            cut += command.returncode == BROKE
            half += rows not in (0, ROWS)
            is_right = command.returncode == BROKE or (command.returncode == 0 and has_all)
            again = _start(lab, postgres, file)
            said += again.communicate()[1]
            rows, different = _count(postgres, names)
            is_right &= again.returncode == 0 and rows == different == ROWS
            doubled += rows > different
            if not is_right or "Traceback" in said:
                wrong += 1
                say(f"import-cut: at {moment:.0%}: {command.returncode}, {rows} rows: {said}")
    return {"cut": cut, "half": half, "doubled": doubled, "wrong": wrong}


def _file(lab: Lab, names: str) -> Path:
    path = lab.own_folder("import") / "list.csv"
    rows = (f"{names}{n},a shelf of {n}" for n in range(ROWS))
    path.write_text("\n".join(["name,description", *rows]))
    return path


def _start(lab: Lab, postgres: Postgres, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_items", file],
        cwd=lab.clone.folder,
        env=lab.clone.environment(DATABASE_URL=postgres.url, SECRET_KEY="-" * 50),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _seconds(lab: Lab, postgres: Postgres) -> float:
    """Return the seconds from an import's first connection to its end."""
    command = _start(lab, postgres, _file(lab, "whole "))
    until(lambda: _connections(postgres))
    begun = time.monotonic()
    command.communicate()
    return time.monotonic() - begun


def _connections(postgres: Postgres) -> int:
    with postgres.connect("postgres") as connection:
        return connection.execute(IN_USE).fetchone()[0]


def _count(postgres: Postgres, names: str) -> tuple[int, int]:
    """Return the number of rows, and of different ones."""
    with postgres.connect("postgres") as connection:
        return connection.execute(COUNT, [f"{names}%"]).fetchone()


EXPERIMENTS = [
    Experiment(
        "import-cut",
        f"the connection of an import of {ROWS:,} rows terminated, at {len(MOMENTS)} moments",
        cut_imports,
        {"half": 0, "wrong": 0},
    ),
]
