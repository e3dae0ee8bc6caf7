"""python -m bench.history: the costs of history and undo, into their part of bench/RESULTS.md."""

import argparse
import os
from pathlib import Path

from bench import load, report
from bench.history import long_history, requests, site, summary, writes
from bench.progress import say
from bench.setup import databases, texts
from bench.setup.databases import Database
from bench.setup.servers import LOGS, itemsite

SIZE = 1_000_000  # items, of the migration
WRITES, LONG = Database("bench_history", "items_item"), Database("bench_long", "items_item")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.history")
    parser.add_argument(
        "--before", type=Path, required=True, help="a checkout of the last commit without history"
    )
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    load.require_wrk()
    load_average = os.getloadavg()[0]
    LOGS.mkdir(parents=True, exist_ok=True)
    databases.cluster.start()
    before = itemsite("before", options.before.resolve())
    old, new, grown = (
        Database(f"bench_{name}", "items_item") for name in ("old", "new", "migrated")
    )
    with (
        texts.csv_files(LOGS, {writes.COUNT, SIZE}) as files,
        databases.created([WRITES, LONG, old, new, grown]),
    ):
        say("history: JSON create")
        creates = requests.compare_creates(before, old, new, options.rounds)
        say("history: the migration")
        migration = requests.migrate_under_load(before, grown, files[SIZE])
        site.set_up(WRITES)
        costs, room = writes.measure(files[writes.COUNT], options.rounds)
        site.use(LONG)
        long_history.fill()
        waits = long_history.ask()
        pruning = long_history.prune(LONG)
    text = summary.markdown(creates, migration, costs, room, waits, pruning, load_average)
    report.write_part(text)
    print(f"\n{text}")


if __name__ == "__main__":
    main()
