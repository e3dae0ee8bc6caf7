"""First starts of bin/serve that are killed, or have no room."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.faults.lab import Lab
from bench.faults.outcome import Experiment, Figures
from bench.faults.private import Private, fill, small_disk
from bench.progress import say
from itemsite.tests.clone import PATIENCE_SECONDS, Clone

MOMENTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9)  # parts of the time that a first start takes
OF_INITDB = MOMENTS[:3]
IN_PLACE = (
    "itemsite/embedded/datadir.py",
    'new = folder / f"new-{os.getpid()}-{time.time_ns()}"',
    'new = folder / "data"',
)
NO_SENTENCE = ("itemsite/serving/startup.py", "except OSError as", "except ImportError as")
VAR_MEGABYTES, DATA_MEGABYTES = 20, 220
KEY_BYTES = 65_536  # room for the secret key alone


def kill_first_starts(lab: Lab, *, has_two_steps: bool = True) -> Figures:
    """Kill all processes of first starts; `broken` counts next starts that do not serve."""
    with _new_clone(lab) as clone:
        begun = time.monotonic()
        server = clone.serve().wait_for_address()
        whole = time.monotonic() - begun
        server.stop()
    moments, broken = MOMENTS if has_two_steps else OF_INITDB, 0
    for moment in moments:
        with _new_clone(lab) as clone:
            if not has_two_steps:
                _weaken(clone, *IN_PLACE)
            server = clone.serve()
            time.sleep(moment * whole)
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
            Private(clone).kill()
            if problem := _problem_of_start(clone):
                broken += 1
                say(f"kill-first-start: killed at {moment:.0%}: {problem}")
    return {"killed": len(moments), "broken": broken, "start": whole}


@contextmanager
def _new_clone(lab: Lab) -> Iterator[Clone]:
    clone = Clone(lab.own_folder("first"))
    try:
        yield clone
    finally:
        Private(clone).stop()
        clone.remove()


def _weaken(clone: Clone, path: str, before: str, after: str) -> None:
    """Change the code of a clone."""
    code = (clone.folder / path).read_text()
    assert before in code
    (clone.folder / path).write_text(code.replace(before, after))


def _problem_of_start(clone: Clone) -> str:
    """Start and write an item; return what is wrong, or nothing."""
    server = clone.serve()
    try:
        status = server.wait_for_address().request("POST", "/items/", {"name": "Book"})[0]
    except AssertionError as error:
        return str(error)
    finally:
        if server.process.poll() is None:
            server.stop()
    return "" if status == 201 else f"POST: {status}"


def start_without_room(lab: Lab, *, has_sentence: bool = True) -> Figures:
    """Start on full disks, then make room; `broken` counts starts that did not go as they should.

    There is no room in var/, room for the secret key alone, or none for PostgreSQL's data.
    """
    tracebacks = broken = 0
    for kept, is_data in ((0, False), (KEY_BYTES, False), (0, True)):
        with _new_clone(lab) as clone:
            if not has_sentence:
                _weaken(clone, *NO_SENTENCE)
            folder = clone.home if is_data else clone.folder / "var"
            with small_disk(folder, DATA_MEGABYTES if is_data else VAR_MEGABYTES):
                ballast = folder / "ballast"
                fill(ballast)
                os.truncate(ballast, max(0, ballast.stat().st_size - kept))
                server = clone.serve()
                status = server.process.wait(PATIENCE_SECONDS)
                tracebacks += server.output.count("Traceback")
                ballast.unlink()
                problem = _problem_of_start(clone)
                if problem or status != 1 or "itemsite: " not in server.output:
                    broken += 1
                    say(f"full-var: {folder}: {status}, {server.output}, then {problem}")
    return {"tracebacks": tracebacks, "broken": broken}


FULL, FULL_LIMITS = (
    "a first start without room on the disk, then with room",
    {"tracebacks": 0, "broken": 0},
)
KILLED = f"a first start of bin/serve killed (kill -9), at {len(MOMENTS)} moments"
EXPERIMENTS = [
    Experiment("kill-first-start", KILLED, kill_first_starts, {"broken": 0}),
    Experiment(
        "kill-first-start",
        KILLED,
        partial(kill_first_starts, has_two_steps=False),
        {"broken": 0},
        control="the rename of a data directory that is complete",
    ),
    Experiment("full-var", FULL, start_without_room, FULL_LIMITS),
    Experiment(
        "full-var",
        FULL,
        partial(start_without_room, has_sentence=False),
        FULL_LIMITS,
        control="the look at the error of the disk",
    ),
]
