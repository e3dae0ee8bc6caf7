"""Whether a worker's memory grows while it answers."""

from dataclasses import dataclass
from itertools import cycle

from bench import load
from bench.databases import Database
from bench.load import HTML, Request
from bench.progress import say
from bench.servers import ITEMSITE
from bench.texts import COMMON_WORD

REQUESTS = (
    Request("/items/", accept=HTML, is_anew=True),
    Request(f"/items/?q={COMMON_WORD}", accept=HTML, is_anew=True),
    Request("/items/?limit=100", is_anew=True),
    Request("/items/?limit=1000", is_anew=True),
)
CONNECTIONS = 8
RUN_SECONDS = 5


@dataclass(frozen=True)
class Memory:
    """The largest worker's resident memory: warmed up, and after many requests more."""

    before_megabytes: float
    after_megabytes: float
    requests: int


def measure(database: Database, wanted_requests: int) -> Memory:
    with ITEMSITE.running(database) as server:
        for request in REQUESTS:
            load.warm_up(server, request, CONNECTIONS)
        before, requests = server.worker_megabytes(), 0
        for request in cycle(REQUESTS):
            requests += load.measure(server, request, RUN_SECONDS, CONNECTIONS).requests
            say(f"memory: {server.worker_megabytes():.1f} MB after {requests:,} requests")
            if requests >= wanted_requests:
                return Memory(before, server.worker_megabytes(), requests)
