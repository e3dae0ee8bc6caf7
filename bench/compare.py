"""bench/run: itemsite and its peers side by side, on the same machine and PostgreSQL.

Each work is measured in rounds, one server after the other in each, so that
whatever else the machine does meets all of them alike.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import databases, load, report
from bench.databases import Database
from bench.processes import ROOT, WORKERS, Server, running
from bench.report import EMPTY, ITEMSITE, TUTORIAL, WORKS, Results
from itemsite import startup

ITEMSITE_DATABASE = Database("bench_itemsite", "items_item")
TUTORIAL_DATABASE = Database("bench_tutorial", "item")
DATABASES = {
    ITEMSITE: ITEMSITE_DATABASE,
    TUTORIAL: TUTORIAL_DATABASE,
    EMPTY: ITEMSITE_DATABASE,  # it asks nothing of it
}
PEER_PROGRAMS = ROOT / "bench" / ".venv" / "bin"
WARM_UP_SECONDS = 2

EMPTY_PORT = "21377"  # below those that the system gives to clients


def main() -> None:
    options = _read_options()
    load.require_wrk()
    load_average = os.getloadavg()[0]
    startup.start_postgres()
    with databases.created(ITEMSITE_DATABASE, TUTORIAL_DATABASE), _servers() as servers:
        print(f"bench: filling each database with {options.rows:,} items", flush=True)
        ITEMSITE_DATABASE.fill(options.rows)
        TUTORIAL_DATABASE.fill(options.rows)
        _require_same_items(servers)
        results = _measure(servers, options)
    text = report.markdown(results, options, load_average)
    options.output.write_text(text)
    print(f"\n{text}\nbench: written to {options.output}")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="Compare itemsite with peers.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each run")
    parser.add_argument("--connections", type=int, default=16, help="kept alive by one thread")
    parser.add_argument("--rows", type=int, default=100_000, help="in each database at the start")
    parser.add_argument("--output", type=Path, default=ROOT / "bench" / "RESULTS.md")
    return parser.parse_args()


@contextmanager
def _servers() -> Iterator[dict[str, Server]]:
    """Run all servers at once: those that are not under load use nothing."""
    site = [sys.executable, "-m", "itemsite.serve"]  # as bin/serve does
    site_database = {"DATABASE_URL": ITEMSITE_DATABASE.url, "PORT": "0"}
    empty = [sys.executable, "-m", "gunicorn", "bench.empty"]
    empty_settings = site_database | {"PORT": EMPTY_PORT, "HTTPS": "0", "SECRET_KEY": "-" * 50}
    folder = ROOT / "bench" / "peers" / "tutorial"
    tutorial = [PEER_PROGRAMS / "uvicorn", "main:app", "--workers", str(WORKERS), "--port", "0"]
    tutorial_database = {"DATABASE_URL": TUTORIAL_DATABASE.asyncpg_url}
    subprocess.run(
        [PEER_PROGRAMS / "python", "main.py"],  # makes its table
        cwd=folder,
        env=os.environ | tutorial_database,
        check=True,
    )
    with ExitStack() as stack:
        yield {
            server.name: server
            for server in map(
                stack.enter_context,
                (
                    running(ITEMSITE, site, ROOT, **site_database),
                    running(EMPTY, empty, ROOT, **empty_settings),
                    # Without a log of requests: itemsite writes none either.
                    running(TUTORIAL, [*tutorial, "--no-access-log"], folder, **tutorial_database),
                ),
            )
        }


def _require_same_items(servers: dict[str, Server]) -> None:
    """End the program unless both give the same items in the same order."""
    for limit in (100, 1000):
        path = f"/items/?limit={limit}"
        ours, theirs = (
            [(item["name"], item["description"]) for item in servers[name].get(path)]
            for name in (ITEMSITE, TUTORIAL)
        )
        if ours != theirs or len(ours) != limit:
            sys.exit(f"bench: the servers answer {path} with different items.")


def _measure(servers: dict[str, Server], options: argparse.Namespace) -> Results:
    results = Results(memory_megabytes={})
    for work in WORKS:
        for name in work.servers:
            _run(servers[name], work, WARM_UP_SECONDS, options.connections)
        for number in range(1, options.rounds + 1):
            for name in work.servers:
                run = _run(servers[name], work, options.seconds, options.connections)
                results.runs[work.name, name].append(run)
                rate = f"{run.requests_per_second:,.0f} requests/s"
                print(f"bench: {work.name}, round {number}, {name}: {rate}", flush=True)
    for server in servers.values():
        results.memory_megabytes[server.name] = server.megabytes_per_worker()
    return results


def _run(server: Server, work: report.Work, seconds: int, connections: int) -> load.Run:
    database = DATABASES[server.name]
    return load.measure(server, work.method, work.path, database, seconds, connections)


if __name__ == "__main__":
    main()
