"""Waiting for PostgreSQL as gevent does, at the price of psycopg's own way in C."""

from collections.abc import Generator
from typing import Any

import psycopg
from gevent import get_hub, monkey
from gevent.select import select
from psycopg.waiting import Ready, Wait

READ = 1  # gevent's event


class Connection(psycopg.Connection):
    """In a process that gevent has patched psycopg would poll, which takes a tenth of a request."""

    def wait(self, gen: Generator, *args: Any, **options: Any) -> Any:
        if not monkey.is_module_patched("select") or "timeout" in options:
            return super().wait(gen, *args, **options)
        try:
            wanted = next(gen)
            while True:
                wanted = gen.send(_wait(self.fileno(), wanted))
        except StopIteration as end:
            return end.value


def _wait(fileno: int, wanted: Wait) -> Ready:
    """Let other greenlets run until the socket is ready, as most often to read."""
    if wanted == Wait.R:
        hub = get_hub()
        watcher = hub.loop.io(fileno, READ)
        try:
            hub.wait(watcher)
        finally:
            watcher.close()
        return Ready.R
    readable, writable, _ = select([fileno] if wanted == Wait.RW else [], [fileno], [])
    return Ready((Ready.R if readable else 0) | (Ready.W if writable else 0))
