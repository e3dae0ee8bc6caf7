"""bench/RESULTS.md: the page that shows the figures."""

import datetime
import re
import statistics
from collections.abc import Iterable
from pathlib import Path

from bench.latency import VIEWS, View
from bench.load import CONNECTIONS, Run
from bench.results import IMPORT_SIZE, NOISE, Results, changes, is_more, verdicts
from bench.rows import UNREAD_LISTS, WORKERS
from bench.setup import machine
from bench.setup.texts import COMMON_WORD, RARE_ITEMS, RARE_WORD

Limit = tuple[str, float, str, float]  # work, the most that is wanted, its unit, the figure
RESULTS = Path(__file__).with_name("RESULTS.md")


def write_part(text: str, path: Path = RESULTS) -> None:
    """Replace the part of a page that begins with the same first line, or add it at the end.

    Each program writes one part. Its first line, and no other, begins with one #.
    """
    head = text.splitlines()[0]
    page = path.read_text() if path.exists() else ""
    parts = [part for part in re.split(r"(?m)^(?=# )", page) if part]
    heads = [part.splitlines()[0] for part in parts]
    place = heads.index(head) if head in heads else len(parts)
    parts[place : place + 1] = [text]
    path.write_text("\n".join(f"{part.strip()}\n" for part in parts))


def markdown(results: Results, load_average: float, commits: dict[str, str]) -> str:
    """Write the page; `commits` are those of `now` and `before`."""
    sizes = " / ".join(f"{size:,}" for size in results.sizes)
    return f"""\
# Results

Written by `bench/run` on {datetime.date.today()}, of these commits of itemsite:

{listing(f"{site}: {commit}" for site, commit in commits.items())}

Figures are medians of {results.rounds} rounds, {results.seconds} s each, in which the programs take
turns. Every server has {WORKERS} worker processes, unless a row says otherwise. None logs requests.
All use one PostgreSQL with default settings, by its Unix socket.

## Wanted and reached

The first rows are requests per second, as a multiple of the tutorial's stack. Several figures are
at {sizes} items; the worst one counts. Only "now" is judged.

{_wanted(results)}

## Requests per second and CPU

Requests per second: how many, and as a multiple of the tutorial's stack. CPU is per request, in
microseconds: all of it (web server + PostgreSQL). "now / before" compares CPU: the median of the
rounds, and in brackets the least and the greatest. **More** means above {NOISE}, and above 1 in at
least three rounds of four.

{_costs(results)}

wrk sends from one thread over {CONNECTIONS} kept-alive connections. The kernel shares connections
out unevenly, at times all to one worker, so requests per second vary more than CPU does.

The tutorial's stack is FastAPI, SQLModel, asyncpg and uvicorn, its page with Jinja2, written as its
users write it: `bench/peers/tutorial/`. It has no item page and no forms.

itemsite keeps a list until PostgreSQL says that something was committed. "That nobody read before":
{UNREAD_LISTS} lists, each from another cursor, are read in turn, and another connection commits 50
times a second, so that no list is still kept when its turn comes again. The tutorial's stack keeps
nothing; it is asked for its first page. The POSTs beside a list come over their own connections.

Differences that are left: itemsite's items have two times in JSON and one on the page, the
tutorial's have none. When it writes, itemsite maintains indexes for search and sorting, and checks
constraints. What is created makes the lists longer than their size says.

## List pages and searches

p95 in milliseconds over one connection. Something is committed before each request, so that no list
is kept. In brackets is PostgreSQL's share: the p95 of what its own log says about all statements of
a page. At larger sizes, "x" is the p95 / the one at the smallest size. "now / before" is the median
of all pairs of requests.

A third of all items contain "{COMMON_WORD}", the common word. {RARE_ITEMS} contain "{RARE_WORD}",
the rare one. None contains the misspelled words, which get close matches. Where there are fewer
than 1,000 pages, "deep" is the last full one.

{_latencies(results)}

## Memory and import

Resident memory of a server's largest process at its greatest, and its greatest growth within a row,
from the end of the first round to the end of the last. `manage.py import_items` imports a file of
{IMPORT_SIZE:,} items.

{_memory(results)}

## Machine

{listing(machine.describe(load_average))}

## Repeat it

    bench/run --before ../older    # another checkout, served on a database of its own
    bench/run --quick --before ../older    # 1,000 items, short rounds: did a change cost something?

It needs Linux and wrk (Debian: `apt install wrk`), creates its own databases in the private
PostgreSQL, and drops them. It ends with an error when an answer is wrong, when the servers show
different items, when a search does not show its word, or when a POST is not in the table.
"""


def table(head: str, rows: list[list[str]]) -> str:
    """Write a table; columns whose names begin with > contain numbers, aligned to the right."""
    names = [name.strip() for name in head.split("|")]
    rules = ["--:" if name.startswith(">") else "---" for name in names]
    lines = [[name.removeprefix(">") for name in names], rules, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _wanted(results: Results) -> str:
    rows = []
    for verdict in verdicts(results):
        figures = [
            " / ".join(f"{figure:.2f}" for figure in verdict.figures[site])
            for site in results.sites
        ]
        reached = "yes" if verdict.is_reached else "**no**"
        rows.append([verdict.work, verdict.wanted, *figures, reached])
    sites = " | ".join(f">{site}" for site in results.sites)
    return table(f"work | >wanted | {sites} | reached", rows)


def _costs(results: Results) -> str:
    found = changes(results)
    rows = []
    for row, size in results.rows:
        runs = [results.runs.get((size, row.name, name), []) for name in results.programs]
        speeds = [
            f"{_median(of_one, 'requests_per_second'):,.0f}" if of_one else "" for of_one in runs
        ]
        for place, site in enumerate(results.sites if row.tutorial else []):
            speeds[place] += f" ({statistics.median(results.speeds(row, size, site)):.2f} x)"
        change = _change(found.get((row.name, size)))
        rows.append([row.name, f"{size:,}", *speeds, *map(_cpu, runs), change])
    heads = [f"{name}, {unit}" for unit in ("requests/s", "µs") for name in results.programs]
    return table(f"row | >items | {' | '.join(f'>{head}' for head in heads)} | >now / before", rows)


def _cpu(runs: list[Run]) -> str:
    if not runs:
        return ""
    total, web, postgres = (_median(runs, name) for name in ("cpu_us", "web_us", "postgres_us"))
    return f"{total:,.0f} ({web:,.0f} + {postgres:,.0f})"


def _change(pairs: list[float] | None) -> str:
    if not pairs:
        return ""
    shown = f"{statistics.median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"
    return f"{shown} **more**" if is_more(pairs) else shown


def _latencies(results: Results) -> str:
    found = changes(results)
    rows = []
    for view in VIEWS:
        for size in results.sizes:
            figures = [_latency(results, view, size, site) for site in results.sites]
            change = _change(found.get((view.name, size)))
            rows.append([view.name, f"{size:,}", *figures, change])
    heads = [*(f"{site}, ms" for site in results.sites), "now / before"]
    return table(f"page | >items | {' | '.join(f'>{head}' for head in heads)}", rows)


def _latency(results: Results, view: View, size: int, site: str) -> str:
    p95, postgres = (
        results.p95(view, size, site, name) for name in ("milliseconds", "postgres_ms")
    )
    shown = f"{p95:.1f} ({postgres:.1f})"
    if size == results.sizes[0]:
        return shown
    return f"{shown} {results.growth(view, size, site):.2f} x"


def _memory(results: Results) -> str:
    rows = []
    for program in results.programs:
        memory = [f"{results.megabytes(program):.0f}", f"{results.memory_growth(program):.2f} x"]
        rate = results.import_rates.get(program)
        rows.append([program, *memory, f"{rate:,.0f}" if rate else ""])
    return table("server | >MB | >growth | >import, items/s", rows)


def summary(results: Results) -> str:
    """Answer in a line: did the change cost something, and is every target reached?"""
    more = [
        f"{name} at {size:,} items ({statistics.median(pairs):.2f} x)"
        for (name, size), pairs in changes(results).items()
        if is_more(pairs)
    ]
    missed = [verdict.work for verdict in verdicts(results) if not verdict.is_reached]
    return " ".join(
        f"{head}: {'; '.join(found) or 'nothing'}."
        for head, found in (("More than before", more), ("Missed", missed))
    )


def _median(runs: list[Run], figure: str) -> float:
    return statistics.median(getattr(run, figure) for run in runs)


def listing(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def limits_table(limits: Iterable[Limit]) -> str:
    rows = [
        [work, f"{most:g} {unit}", f"{figure:.2f}", "yes" if figure <= most else "**no**"]
        for work, most, unit, figure in limits
    ]
    return table("work | >at most | >reached | in it", rows)
