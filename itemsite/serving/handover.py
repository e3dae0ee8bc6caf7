"""At a reload, old workers serve until a new one can: gunicorn stops them before that.

A new worker needs a second or more of CPU until it can answer. gunicorn handles the next SIGHUP
only when the old workers have ended, so none of them comes while workers are being born.
"""

import mmap
import signal

# Shared by gunicorn and its workers, as it was made before they were forked: the age of the newest
# worker before the reload, and that of a worker that can answer. Each new worker has a higher age.
_shared = memoryview(mmap.mmap(-1, 16)).cast("q")
REPLACED, READY = 0, 1

_is_asked = False  # for a reload that has not begun


def handle_hup(gunicorn) -> None:
    """Let at most one reload wait: gunicorn would do all, and then handle a signal to end it."""

    def ask(number: int, frame: object) -> None:
        global _is_asked
        if not _is_asked:
            _is_asked = True
            gunicorn.signal(number, frame)

    signal.signal(signal.SIGHUP, ask)


def begin(newest_age: int) -> None:
    """Note that workers up to this age will be replaced."""
    global _is_asked
    _is_asked = False
    _shared[REPLACED] = newest_age


def note_ready(age: int) -> None:
    _shared[READY] = max(_shared[READY], age)


def must_wait(age: int) -> bool:
    """Tell whether the worker is replaced, but no newer worker can answer yet."""
    return age <= _shared[REPLACED] and _shared[READY] <= _shared[REPLACED]
