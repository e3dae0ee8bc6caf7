"""Statements that are prepared: PostgreSQL needs less time for a request."""

import json
from functools import partial
from statistics import fmean

from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures
from itemsite.tests.clone import Server

ROWS, REQUESTS, WARM_UP = 2_000, 1_000, 40
FILL = f"""
    INSERT INTO items_item (name, description)
    SELECT 'Box ' || n, 'a shelf of ' || md5(n::text) FROM generate_series(1, {ROWS}) AS n
"""


def compare(lab: Lab, *, prepare: int = 2) -> Figures:
    """Ask two sites in turn for the same items; `ratio` is that of their times in PostgreSQL."""
    with lab.postgres() as postgres:
        with postgres.connect() as connection:
            connection.execute(FILL)
            connection.execute("VACUUM ANALYZE")
            first = connection.execute("SELECT min(id) FROM items_item").fetchone()[0]
        site = partial(lab.serving, postgres.url, REQUEST_LOG="1", WEB_CONCURRENCY="1")
        with (
            site(DATABASE_PREPARE=str(prepare)) as prepared,
            site(DATABASE_PREPARE="0") as unprepared,
        ):
            for number in range(first, first + REQUESTS):
                for server in (prepared, unprepared):
                    server.request("GET", f"/items/{number}/")
            ours, others = _milliseconds(prepared), _milliseconds(unprepared)
        return {"prepared": ours, "unprepared": others, "ratio": ours / others}


def _milliseconds(server: Server) -> float:
    """Return the mean of the quicker half: each figure of the log is rounded to 0.1."""
    lines = [line for line in server.output.splitlines() if line.startswith("{")]
    times = sorted(json.loads(line)["sql_ms"] for line in lines[WARM_UP:])
    return fmean(times[: len(times) // 2])


COMPARED = f"statements prepared or not, {REQUESTS} items read"
LIMITS = {"ratio": 0.85}
EXPERIMENTS = [
    Experiment("prepared", COMPARED, compare, LIMITS),
    Experiment(
        "prepared",
        COMPARED,
        partial(compare, prepare=0),
        LIMITS,
        control="preparing (DATABASE_PREPARE=0 for both)",
    ),
]
