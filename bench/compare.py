"""bench/run: itemsite at every size, and beside its peers, on one machine and PostgreSQL."""

import argparse
import os
import time
from pathlib import Path

from bench import bulk, databases, load, memory, pages, queries, report, side_by_side, texts
from bench.databases import Database
from bench.processes import LOGS, ROOT
from bench.progress import say
from bench.results import Results
from bench.servers import ITEMSITE
from itemsite.serving import startup

SIZES = (1_000, 100_000, 1_000_000)  # items
HUGE_SIZE = 10_000_000
BULK_SIZE = 100_000


def main() -> None:
    options = _read_options()
    load.require_wrk()
    load_average = os.getloadavg()[0]
    LOGS.mkdir(parents=True, exist_ok=True)
    startup.start_postgres()
    results = Results(options.sizes, options.rounds, options.seconds)
    results.bulk_size = min(BULK_SIZE, options.sizes[-1])
    places = {size: ITEMSITE.database(size) for size in options.sizes}
    say("writing the items")
    with (
        texts.csv_files(LOGS, {*options.sizes, results.bulk_size}) as files,
        databases.created(*places.values()),
    ):
        _fill(places, files, results)
        _measure(places, files, results, options.requests)
    text = report.markdown(results, load_average)
    options.output.write_text(text)
    print(f"\n{text}")
    say(f"written to {options.output}")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="Compare itemsite with peers.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each run")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="items: 1000,100000,1000000")
    parser.add_argument("--huge", action="store_true", help=f"{HUGE_SIZE:,} items too")
    parser.add_argument(
        "--requests", type=int, default=100_000, help="after which memory is looked at"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "bench" / "RESULTS.md")
    options = parser.parse_args()
    options.sizes = sorted({*options.sizes, *([HUGE_SIZE] if options.huge else [])})
    return options


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(map(int, text.split(",")))
    if min(sizes) < min(SIZES):
        raise argparse.ArgumentTypeError(f"a list of {min(SIZES):,} items is the smallest")
    return sizes


def _fill(places: dict[int, Database], files: dict[int, Path], results: Results) -> None:
    for size, database in places.items():
        say(f"filling itemsite's table with {size:,} items")
        ITEMSITE.prepare(database)
        started = time.monotonic()
        database.fill(files[size])
        results.fill_seconds[size] = time.monotonic() - started
        say(f"filled in {results.fill_seconds[size]:.1f} s")


def _measure(
    places: dict[int, Database], files: dict[int, Path], results: Results, requests: int
) -> None:
    """Measure first what only reads: to create items changes the size."""
    rounds, seconds = results.rounds, results.seconds
    largest = places[results.sizes[-1]]
    results.pages = pages.measure(places, rounds, seconds)
    results.searches = queries.measure(largest)
    results.memory = memory.measure(largest, requests)
    for size, database in places.items():
        results.works[size] = side_by_side.measure(size, database, files[size], rounds, seconds)
    results.bulk_seconds = bulk.measure(files[results.bulk_size], results.bulk_size, rounds)


if __name__ == "__main__":
    main()
