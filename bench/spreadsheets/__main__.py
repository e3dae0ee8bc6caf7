"""python -m bench.spreadsheets: the costs of imports and exports, into bench/RESULTS.md."""

import argparse
import os
from collections import defaultdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import report
from bench.progress import say
from bench.setup import databases, texts
from bench.setup.databases import Database
from bench.setup.servers import LOGS, NOW, Server
from bench.spreadsheets import exports, imports, summary
from itemsite.embedded import cluster

SIZES = (63_666, 1_000_000)  # items
LARGE = SIZES[-1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.spreadsheets")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=3, help="rounds of a million rows, in minutes")
    options = parser.parse_args()
    rounds = options.rounds
    load_average = os.getloadavg()[0]
    LOGS.mkdir(parents=True, exist_ok=True)
    cluster.start()
    database = Database("bench_spreadsheets", "items_item")
    with (
        databases.created([database]),
        texts.csv_files(LOGS, SIZES) as files,
        TemporaryDirectory(dir=LOGS) as folder,
    ):
        with NOW.running(database, workers=1):
            pass  # which creates the tables
        imported = _measure_imports(database, files, {SIZES[0]: rounds, LARGE: options.large})
        with NOW.running(database, workers=1) as server:
            exported = _measure_exports(server, rounds)
            waits = _measure_forms(server, Path(folder), rounds)
            beside = _measure_beside_others(server, Path(folder))
    text = summary.markdown(imported, exported, waits, beside, load_average)
    report.write_part(text)
    print(f"\n{text}")


def _measure_imports(
    database: Database, files: dict[int, Path], rounds: dict[int, int]
) -> dict[int, list[summary.Import]]:
    """Return for each size, of each round, the costs of \\copy, the command, and it again."""
    found = defaultdict(list)
    for size in SIZES:
        for number in range(rounds[size]):
            copied = imports.by_copy(database, files[size])
            found[size].append((copied, *imports.by_command(database, files[size])))
            say(f"import of {size:,}, round {number + 1}: {found[size][-1]}")
    return found


def _measure_exports(server: Server, rounds: int) -> dict[str, list]:
    found = defaultdict(list)
    server.database.vacuum()
    for number in range(rounds):
        found[summary.COPY].append(exports.copy(server))
        for path in exports.PATHS:
            found[path].append(exports.download(server, path))
        say(f"export, round {number + 1}")
    return found


def _measure_forms(server: Server, folder: Path, rounds: int) -> dict[str, list]:
    """Return the seconds of preview and click, by what a file contains."""
    found = defaultdict(list)
    for number in range(rounds):
        for kind, file in imports.write_against(server.database, folder).items():
            found[kind].append(imports.preview_and_click(server, file))
        say(f"forms, round {number + 1}")
    return found


def _measure_beside_others(server: Server, folder: Path) -> dict[str, dict[str, float]]:
    found = {}
    for kind, file in imports.write_against(server.database, folder).items():
        if kind == "mixed":
            work = partial(imports.preview_and_click, server, file)
            found[f"preview and click of {imports.ROWS:,}"] = imports.beside_others(server, work)
    for name, file in imports.write_large(folder).items():
        browser = imports.Browser(server)
        work = partial(browser.preview, file)
        found[f"preview of a {name}"] = imports.beside_others(server, work)
    work = partial(exports.download, server, "/items.csv")
    found[f"/items.csv of {LARGE:,}"] = imports.beside_others(server, work)
    name = f"{exports.SLOW_CLIENTS} slow clients of /items.csv"
    found[name] = imports.beside_others(server, partial(exports.download_slowly, server))
    say("beside others")
    return found


if __name__ == "__main__":
    main()
