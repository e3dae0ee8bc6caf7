"""bench/RESULTS.md: the page that tells the figures."""

import datetime
import statistics

from bench import machine, pages, queries, side_by_side, targets
from bench.results import Results, median
from bench.servers import WORKERS
from bench.texts import COMMON_WORD, RARE_ITEMS, RARE_WORD


def markdown(results: Results, load_average: float) -> str:
    sizes = " / ".join(f"{size:,}" for size in results.sizes)
    smallest, largest = f"{results.sizes[0]:,}", f"{results.sizes[-1]:,}"
    return f"""\
# Results

Written by `bench/run` on {datetime.date.today()}. Figures are medians of {results.rounds} rounds,
in which servers and sizes take turns, {results.seconds} s each. Every server has {WORKERS} worker
processes, writes no log of requests, and reaches one PostgreSQL with its default settings by its
Unix socket.

## Wanted and reached

Where there are several figures, they are at {sizes} items, and the worst one counts.

{_wanted(results)}

## Side by side

wrk sends from one thread over {side_by_side.CONNECTIONS} kept-alive connections. The ratio is
itemsite's requests per second in the other's, with the least and the greatest of the rounds: the
kernel hands out connections unevenly, now and then all to one worker. "By CPU" is steadier: what
the other's processes and PostgreSQL use for a request, divided by what itemsite's and PostgreSQL
use.

{_ratios(results)}

CPU is per request: of the web server's processes, and of PostgreSQL's.

{_figures(results)}

The peers, in `bench/peers/`, are written as their users write them. "tutorial" is FastAPI,
SQLModel, asyncpg and uvicorn, its page with Jinja2. "REST framework" and "ListView" are one plain
Django under gunicorn, in pages of 100 and 50; both count all items. "empty view" stands behind
itemsite's own middleware and gunicorn: the floor of this design.

itemsite keeps lists, and sends one again if PostgreSQL, asked at each request, says that no writing
transaction ended since. "Nothing kept" are requests that each name another host, so that none is
found; "{side_by_side.POSTS_PER_SECOND} POSTs a second meanwhile" come over one more connection.

Differences that are left: itemsite's items have two times in JSON, REST framework's have one, the
tutorial's none, nor has its page. itemsite keeps indexes for searching and sorting, and meets
constraints, when it writes. What is created makes the lists longer than their size says.

## Pages at every size

p95 in milliseconds of itemsite's list page over one connection, with nothing kept, and in brackets
that divided by the same at {smallest} items. Where there are fewer than 1,000 pages, "deep" is the
last full one. A third of all items hold "{COMMON_WORD}", the common word; {RARE_ITEMS} hold
"{RARE_WORD}", the rare one; none holds the misspelled words, which get close matches.

{_pages(results)}

PostgreSQL's share of a search at {largest} items: the durations that its own log gives for all
statements of a page, over {queries.SEARCHES} pages for each search.

{_searches(results)}

## Memory and bulk work

{_memory(results)}

{_bulk(results)}

{_fills(results)}

## Machine

{_lines(machine.describe(load_average))}

## Again

    bench/run           # bench/run --help lists its options

It needs Linux and wrk (Debian: `apt install wrk`), makes databases of its own in the private
PostgreSQL, and drops them. It ends with an error when an answer was not a good one, when the
servers give different items, when a search does not show its word, or when an answered POST is not
in the table.
"""


def _table(head: str, rows: list[list[str]]) -> str:
    """Write a table; names of columns that begin with > are of numbers, set to the right."""
    names = [name.strip() for name in head.split("|")]
    rules = ["--:" if name.startswith(">") else "---" for name in names]
    lines = [[name.removeprefix(">") for name in names], rules, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _wanted(results: Results) -> str:
    rows = [
        [verdict.work, verdict.wanted, verdict.reached, "yes" if verdict.is_reached else "**no**"]
        for verdict in targets.verdicts(results)
    ]
    return _table("work | >wanted | >figure | reached", rows)


def _ratios(results: Results) -> str:
    rows = []
    for work in side_by_side.WORKS:
        for rival in work.rivals[1:]:
            for size in results.sizes:
                ratios = results.ratios(size, work.name, rival.name)
                by_cpu = results.cpu_ratio(size, work.name, rival.name)
                figures = (statistics.median(ratios), min(ratios), max(ratios), by_cpu)
                shown = [f"{figure:.2f}" for figure in figures]
                rows.append([work.name, rival.name, f"{size:,}", *shown])
    return _table("work | against | >items | >ratio | >least | >greatest | >by CPU", rows)


def _figures(results: Results) -> str:
    rows = [
        [work.name, rival.name, f"{size:,}", *_run_figures(results, size, work.name, rival.name)]
        for work in side_by_side.WORKS
        for rival in work.rivals
        for size in results.sizes
    ]
    return _table(
        "work | server | >items | >requests/s | >p50, ms | >p95, ms | >p99, ms"
        " | >web, µs | >PostgreSQL, µs",
        rows,
    )


def _run_figures(results: Results, size: int, work: str, rival: str) -> list[str]:
    runs = results.works[size].runs[work, rival]
    times = [f"{median(runs, name):.1f}" for name in ("p50_ms", "p95_ms", "p99_ms")]
    costs = [f"{median(runs, name):,.0f}" for name in ("web_microseconds", "postgres_microseconds")]
    return [f"{median(runs, 'requests_per_second'):,.0f}", *times, *costs]


def _pages(results: Results) -> str:
    rows = []
    for view in (*pages.VIEWS, *pages.CLOSE_VIEWS):
        name = f'close to "{view.name}"' if view in pages.CLOSE_VIEWS else view.name
        figures = [
            f"{results.page_p95(size, view.name):.1f} ({results.page_growth(size, view.name):.2f})"
            for size in results.sizes
        ]
        rows.append([name, *figures])
    sizes = " | ".join(f">{size:,} items" for size in results.sizes)
    return _table(f"page | {sizes}", rows)


def _searches(results: Results) -> str:
    rows = [
        [words, f"{statistics.median(times):.1f}", f"{queries.p95(times):.1f}", f"{max(times):.1f}"]
        for words, times in results.searches.items()
    ]
    return _table("search | >p50, ms | >p95, ms | >greatest, ms", rows)


def _memory(results: Results) -> str:
    memory, size = results.memory, results.sizes[-1]
    others = results.works[size].worker_megabytes.items()
    shown = ", ".join(f"{server} {megabytes:.0f} MB" for server, megabytes in others)
    return (
        f"The largest worker of each server after all works side by side: {shown}.\n\n"
        f"The largest worker of itemsite: {memory.before_megabytes:.1f} MB when warm,"
        f" {memory.after_megabytes:.1f} MB after\n{memory.requests:,} requests more, of pages,"
        f" searches and JSON in turn, at {size:,} items."
    )


def _bulk(results: Results) -> str:
    rows = [
        [name, f"{results.bulk_size / statistics.median(seconds):,.0f}"]
        for name, seconds in results.bulk_seconds.items()
    ]
    told = f"{results.bulk_size:,} items of a CSV file into itemsite's empty table, start to end:"
    return f"{told}\n\n{_table('program | >items/s', rows)}"


def _fills(results: Results) -> str:
    fills = [f"{seconds:.0f} s for {size:,}" for size, seconds in results.fill_seconds.items()]
    return f"Filling itemsite's table by COPY, VACUUM included: {', '.join(fills)}."


def _lines(texts: list[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)
