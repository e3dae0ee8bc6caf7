"""bench/run: itemsite beside the tutorial's stack and an older commit, on one PostgreSQL."""

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench import latency, load, report, rows
from bench.progress import say
from bench.results import IMPORT_SIZE, Results
from bench.rows import ROWS, WORKERS
from bench.setup import databases, texts
from bench.setup.servers import LOGS, NOW, TUTORIAL, Program, itemsite

SIZES = [1_000, 1_000_000]  # items
BUSY = 0.5  # load average
Files = dict[int, Path]  # CSV files by size


def main() -> None:
    options = _read_options()
    load.require_wrk()
    load_average = os.getloadavg()[0]
    if load_average > BUSY:
        say(f"the load average is {load_average:.1f}: this machine is busy, figures will be noisy")
    LOGS.mkdir(parents=True, exist_ok=True)
    databases.cluster.start()
    sites = [NOW, *([itemsite("before", options.before)] if options.before else [])]
    programs = [*sites, TUTORIAL]
    names = [program.name for program in programs]
    results = Results(names, options.sizes, options.rounds, options.seconds)
    every = [program.database(size) for program in programs for size in options.sizes]
    say("writing the items")
    with (
        texts.csv_files(LOGS, {*options.sizes, IMPORT_SIZE}) as files,
        databases.created(every),
    ):
        _measure_latency(sites, files, results, options.samples)
        _measure_rows(programs, files, results, has_one_worker=not options.quick)
        if not options.quick:
            _measure_import(sites, files[IMPORT_SIZE], results)
        text = report.markdown(results, load_average, {site.name: _commit(site) for site in sites})
    report.write_part(text, options.output)
    print(f"\n{text}")
    say(report.summary(results))
    say(f"written to {options.output}")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="Compare itemsite with others.")
    parser.add_argument("--before", type=Path, help="a checkout of an older commit to compare with")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="1,000 items, short rounds, results in var/bench: did a change cost something?",
    )
    parser.add_argument("--sizes", type=_sizes, help="items: 1000,1000000")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    quick = options.quick
    options.sizes = options.sizes or (SIZES[:1] if quick else SIZES)
    options.rounds = options.rounds or (3 if quick else 5)
    options.output = options.output or (LOGS / "quick.md" if quick else report.RESULTS)
    options.seconds, options.samples = (1, 20) if quick else (2, 100)
    if options.before:
        options.before = options.before.resolve()
        if not (options.before / "bin" / "serve").exists():
            sys.exit(f"bench: {options.before} is no checkout of itemsite: it has no bin/serve.")
    return options


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(size) for size in text.split(",")})
    if sizes[0] < SIZES[0]:
        raise argparse.ArgumentTypeError(f"a list of {SIZES[0]:,} items is the smallest")
    return sizes


def _measure_latency(sites: list[Program], files: Files, results: Results, samples: int) -> None:
    """Fill the databases of itemsite, and measure its list pages while nobody writes."""
    places = [(size, site, site.database(size)) for size in results.sizes for site in sites]
    with databases.logging_durations([database for *_, database in places]), ExitStack() as stack:
        servers = {size: [] for size in results.sizes}
        for size, site, database in places:
            servers[size].append(stack.enter_context(site.running(database, WORKERS)))
            say(f"filling the table of {site.name} with {size:,} items")
            database.fill(files[size])
        results.samples = latency.measure(servers, samples)


def _measure_rows(
    programs: list[Program], files: Files, results: Results, *, has_one_worker: bool
) -> None:
    """Measure at the larger sizes only what has a target."""
    smallest, *larger = results.sizes
    chosen = {smallest: [row for row in ROWS if has_one_worker or row.workers == WORKERS]}
    chosen |= {size: [row for row in ROWS if row.wanted] for size in larger}
    for size in results.sizes:
        results.runs |= rows.measure(
            programs, chosen[size], size, files[size], results.rounds, results.seconds
        )


def _measure_import(sites: list[Program], file: Path, results: Results) -> None:
    """Import a file into tables that nothing else needs any more."""
    for site in sites:
        database = site.database(results.sizes[0])
        command = [site.folder / ".venv" / "bin" / "python", "manage.py", "import_items", file]
        rows_before = database.count_rows()
        started = time.monotonic()
        environment = site.environment(database, WORKERS)
        subprocess.run(command, cwd=site.folder, env=environment, check=True)
        results.import_rates[site.name] = IMPORT_SIZE / (time.monotonic() - started)
        if database.count_rows() != rows_before + IMPORT_SIZE:
            sys.exit(f"bench: {site.name} did not import {IMPORT_SIZE:,} items.")


def _commit(site: Program) -> str:
    command = ["git", "-C", site.folder, "describe", "--always", "--dirty"]
    commit = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.strip()
    return commit or "no commit"


if __name__ == "__main__":
    main()
