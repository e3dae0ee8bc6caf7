"""The part of bench/RESULTS.md about history and undo."""

import datetime
import statistics
from collections.abc import Iterator

from bench.history import long_history, writes
from bench.history.requests import Creates
from bench.history.writes import Costs, median, ratio
from bench.report import Limit, limits_table, listing, table
from bench.setup import machine

Figures = dict[str, float]


def markdown(
    creates: Creates,
    migration: Figures,
    costs: Costs,
    room: Figures,
    waits: dict[str, list[float]],
    pruning: Figures,
    load_average: float,
) -> str:
    limits = [
        *_of_creates(creates),
        *_of_writes(costs, room),
        *_of_waits(waits),
        *_of_upkeep(migration, pruning),
    ]
    return f"""\
# History and undo

Written by `python -m bench.history` on {datetime.date.today()}.

{limits_table(limits)}

CPU of a JSON create is that of web server and PostgreSQL, beside the last commit without history,
in turn. Of {writes.COUNT:,} items it is PostgreSQL's alone, beside the same with the triggers
switched off. Figures are medians of the rounds. Questions are asked of {long_history.CHANGES:,}
changes in {long_history.CHANGE_SETS:,} change sets, with random filters and places,
{long_history.RUNS} times in each of two modes of planning. Milliseconds are those that Django
waits, over a Unix socket.

{table("work | >seconds | >CPU, s", _cost_rows(costs))}

{table("question | >p50, ms | >p95, ms | >longest, ms", _wait_rows(waits))}

{listing(machine.describe(load_average))}
"""


def _of_creates(creates: Creates) -> Iterator[Limit]:
    for connections, most in ((16, 1.15), (1, 1.25)):
        pairs = creates[connections]
        change = statistics.median(now.cpu_us / before.cpu_us for now, before in pairs)
        yield f"JSON create, {connections} connections, CPU", most, "x", change


def _of_writes(costs: Costs, room: Figures) -> Iterator[Limit]:
    for work in ("import", "UPDATE"):
        figure = ratio(costs, work, f"{work}, not recorded")
        yield f"{work} of {writes.COUNT:,}, CPU", 1.2, "x", figure
    yield f"DELETE of {writes.COUNT:,}, CPU", 1, "s", median(costs, "DELETE", 1)
    yield "undo of the import, wall", 4, "s", median(costs, "undo of the import", 0)
    for undo, work in (
        ("undo of the import", "import"),
        ("undo of that undo", "import"),
        ("undo of the UPDATE", "UPDATE"),
        ("undo of the DELETE", "import"),
    ):
        yield f"{undo}, CPU / that of the {work}", 1.5, "x", ratio(costs, undo, work)
    yield "room of an edit", 450, "bytes", room["edit"]
    yield "room of an imported row", 160, "bytes", room["imported row"]


def _of_waits(waits: dict[str, list[float]]) -> Iterator[Limit]:
    lists = [waits[name] for name in waits if name.startswith("list")]
    yield "list of change sets, any filter, p95", 15, "ms", max(map(long_history.p95, lists))
    together = [
        long_history.p95(waits[name]) + long_history.p95(waits[name.replace("chart", "list")])
        for name in waits
        if name.startswith("chart")
    ]
    yield "list and chart, any filter, sum of both p95", 50, "ms", max(together)


def _of_upkeep(migration: Figures, pruning: Figures) -> Iterator[Limit]:
    yield "pruning: longest chunk", 1, "s", pruning["longest chunk, s"]
    yield "pruning: longest of 50 POSTs/s", 2, "s", pruning["longest POST, s"]
    yield "migrating 1,000,000 items: longest of 50 POSTs/s", 2, "s", migration["longest POST, s"]


def _cost_rows(costs: Costs) -> list[list[str]]:
    return [[work, *(f"{median(costs, work, place):.2f}" for place in (0, 1))] for work in costs]


def _wait_rows(waits: dict[str, list[float]]) -> list[list[str]]:
    figures = {
        name: (statistics.median(found), long_history.p95(found), max(found))
        for name, found in waits.items()
    }
    return [[name, *(f"{each:.1f}" for each in three)] for name, three in figures.items()]
