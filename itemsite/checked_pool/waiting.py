"""How many requests of a worker can wait for a connection: fewer as soon as one waits in vain.

Each waits at most for the pool's time-out. If much more is asked than PostgreSQL can do, nearly all
would wait for so long to be refused. The pool's own max_waiting is no bound for that: after a long
outage its queue is full of requests that gave up, and lets nobody in.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg_pool import PoolTimeout

BOUND_MIN, BOUND_MAX = 8, 1000  # requests; a worker has at most 1000 clients
SHORT_SECONDS = 0.5  # after a longer wait nobody more may wait, after a shorter one one more


class Waiting:
    def __init__(self) -> None:
        self.bound = BOUND_MAX
        self._requests: deque[None] = deque()  # only counted, but right among threads too

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait inside of the block; raise PoolTimeout at once beyond the bound."""
        if len(self._requests) >= self.bound:
            raise PoolTimeout("too many requests wait for a connection")
        self._requests.append(None)
        begun = time.monotonic()
        try:
            yield
        except PoolTimeout:
            self.bound = max(BOUND_MIN, self.bound // 2)
            raise
        finally:
            self._requests.pop()
        if time.monotonic() - begun < SHORT_SECONDS:
            self.bound = min(BOUND_MAX, self.bound + 1)
        else:
            self.bound = max(BOUND_MIN, min(self.bound, len(self._requests)))
