"""Over HTTP: a POST with history and without, and the migration that brings it."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench import load
from bench.load import Run, repeating
from bench.rows import post_items
from bench.setup.databases import Database
from bench.setup.servers import NOW, Program

SECONDS = 3  # of a run
POSTS_PER_SECOND = 50
CONNECTIONS = (16, 1)
Creates = dict[int, list[tuple[Run, Run]]]  # by connections: with history and without, by round


def compare_creates(before: Program, old: Database, new: Database, rounds: int) -> Creates:
    with before.running(old, workers=2) as without, NOW.running(new, workers=2) as recording:
        request = post_items(recording)
        for server in (without, recording):
            load.warm_up(server, request)
        found: Creates = {}
        for connections in CONNECTIONS:
            for number in range(rounds):
                order = (without, recording) if number % 2 else (recording, without)
                runs = {
                    server.program: load.measure(server, request, SECONDS, connections)
                    for server in order
                }
                found.setdefault(connections, []).append((runs["now"], runs["before"]))
    return found


def migrate_under_load(before: Program, database: Database, file: Path) -> dict[str, float]:
    """Migrate a full table while the older code writes; return the longest waits in seconds.

    An answer that is no success ends the program.
    """
    waits: list[float] = []
    with before.running(database, workers=2) as server:
        database.fill(file)
        with repeating(_timed(server.post_item, waits), POSTS_PER_SECOND):
            server.post_item()
            started = time.monotonic()
            subprocess.run(
                [NOW.folder / ".venv" / "bin" / "python", "manage.py", "migrate", "items"],
                cwd=NOW.folder,
                env=NOW.environment(database, workers=1),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            seconds = time.monotonic() - started
    return {"seconds": seconds, "longest POST, s": max(waits), "POSTs": len(waits)}


def _timed(work: Callable[[], object], waits: list[float]) -> Callable[[], None]:
    def timed() -> None:
        started = time.monotonic()
        work()
        waits.append(time.monotonic() - started)

    return timed
