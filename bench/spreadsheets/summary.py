"""The part of bench/RESULTS.md about spreadsheets."""

import datetime
import statistics
from collections.abc import Iterator, Sequence

from bench.report import Limit, limits_table, listing, table
from bench.setup import machine
from bench.spreadsheets import imports
from bench.spreadsheets.cost import Cost
from bench.spreadsheets.exports import Download

Import = tuple[Cost, Cost, Cost]  # by \copy, by the command, the same file again
COPY = "\\copy"
CPU_OF_COPY = {63_666: 1.6, 1_000_000: 1.5}


def markdown(
    imported: dict[int, list[Import]],
    exported: dict[str, list],
    waits: dict[str, list[tuple[float, float]]],
    beside: dict[str, dict[str, float]],
    load_average: float,
) -> str:
    limits = [
        *_of_imports(imported),
        *_of_exports(exported),
        *_of_forms(waits),
        *_of_others(beside),
    ]
    meanwhile = [
        [name, *(f"{figure:.1f}" for figure in figures.values())]
        for name, figures in beside.items()
    ]
    rounds, large = len(exported[COPY]), max(imported)
    return f"""\
# Spreadsheets

Written by `python -m bench.spreadsheets` on {datetime.date.today()}.

{limits_table(limits)}

"x" is beside psql's `\\copy` of the same rows in the same round, into the same table with its
triggers, or out of it. CPU is that of PostgreSQL and of the program that asks it; the command's
ANALYZE afterwards is in it. Figures are medians of {rounds} rounds, imports of {large:,} of
{len(imported[large])}. Preview and click are those of {imports.ROWS:,} rows against {large:,} items
by the browser's form. "p95 of others" is that of a search over HTTP, {imports.OTHERS_PER_SECOND}
times a second, to the only worker.

{table("work | >CPU, s | >seconds", _cost_rows(imported, exported))}

{table("meanwhile | >seconds | >worker, MB | >p95 before, ms | >p95, ms | >p99, ms", meanwhile)}

{listing(machine.describe(load_average))}
"""


def _of_imports(imported: dict[int, list[Import]]) -> Iterator[Limit]:
    for size, rounds in imported.items():
        copied, first, again = zip(*rounds, strict=True)
        name = f"import of {size:,} by the command"
        yield f"{name}, CPU", CPU_OF_COPY[size], "x", _ratio(first, copied, 0)
        yield f"{name}, wall", 2, "x", _ratio(first, copied, 1)
        yield "the same file again, CPU", 0.5, "x", _ratio(again, copied, 0)


def _of_exports(exported: dict[str, list]) -> Iterator[Limit]:
    copied = exported[COPY]
    costs = [download.cost for download in exported["/items.csv"]]
    yield "/items.csv of 1,000,000, CPU", 1.7, "x", _ratio(costs, copied, 0)
    yield "/items.csv of 1,000,000, wall", 2, "x", _ratio(costs, copied, 1)
    for path, downloads in exported.items():
        if path != COPY:
            first = statistics.median(each.first_byte_ms for each in downloads)
            yield f"{path}, first byte", 100, "ms", first
            yield f"{path}, worker", 16, "MB", max(each.worker_megabytes for each in downloads)


def _of_forms(waits: dict[str, list[tuple[float, float]]]) -> Iterator[Limit]:
    for kind, rounds in waits.items():
        yield f"preview and click, {kind}", 3, "s", statistics.median(map(sum, rounds))


def _of_others(beside: dict[str, dict[str, float]]) -> Iterator[Limit]:
    for name, figures in beside.items():
        ratio = figures["p95, ms"] / figures["p95 before, ms"]
        yield f"{name}: p95 of others", 2, "x", ratio
        yield f"{name}: p99 of others", 100, "ms", figures["p99, ms"]
        if name.startswith("preview of"):
            yield f"{name}: worker", 16, "MB", figures["worker, MB"]


def _cost_rows(imported: dict[int, list[Import]], exported: dict[str, list]) -> list[list[str]]:
    rows = []
    for size, rounds in imported.items():
        names = (f"\\copy of {size:,} in", f"import of {size:,}", f"{size:,} again")
        rows += [
            _cost_row(name, costs)
            for name, costs in zip(names, zip(*rounds, strict=True), strict=True)
        ]
    for name, downloads in exported.items():
        costs = [each.cost if isinstance(each, Download) else each for each in downloads]
        rows.append(_cost_row(f"{name} out" if name == COPY else name, costs))
    return rows


def _cost_row(name: str, costs: Sequence[Cost]) -> list[str]:
    return [name, *(f"{statistics.median(column):.2f}" for column in zip(*costs, strict=True))]


def _ratio(costs: Sequence[Cost], others: Sequence[Cost], place: int) -> float:
    pairs = zip(costs, others, strict=True)
    return statistics.median(mine[place] / its[place] for mine, its in pairs)
