"""A steady load that writes down what was sent, answered and acknowledged."""

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import NamedTuple

from itemsite.tests.clone import Server, until

CUT = 0  # stands for the status of a request without an answer
ANSWER_SECONDS = 40  # that a client waits
LAST_SECONDS = 30  # for the writes under way at the end
PAUSE_SECONDS = 0.05  # before a retry


class Attempt(NamedTuple):
    """One request."""

    kind: str  # write, read, healthz or readyz
    begun: float  # time.monotonic()
    ended: float
    status: int

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Load:
    """How many clients send how often; each waits for its answer."""

    writers: int = 4
    readers: int = 2
    per_second: float = 8  # requests of each client
    has_keys: bool = True  # each write has an Idempotency-Key
    paths: tuple[str, ...] = ("/items/?limit=20", "/items/?q=fault&limit=20")
    accepts: tuple[str, ...] = ("application/json",)  # a path and one of these for each reader


@dataclass
class Ledger:
    server: Server
    load: Load
    attempts: list[Attempt] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # the names of items
    acknowledged: dict[str, float] = field(default_factory=dict)  # with the seconds until then
    fault_ends: list[float] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)
    gives_up_at: float = float("inf")

    def ask(self, kind: str, method: str, path: str, body: str | None = None, **headers) -> int:
        begun = time.monotonic()
        status = ask_once(self.server, method, path, body, headers)
        self.attempts.append(Attempt(kind, begun, time.monotonic(), status))
        return status

    def write(self) -> None:
        """Send a new item until it is acknowledged, each time with the same key."""
        name = f"fault {uuid.uuid4()}"
        headers = {"Idempotency-Key": f'"{name[6:]}"'} if self.load.has_keys else {}
        headers["Content-Type"] = "application/json"
        body = json.dumps({"name": name, "description": "sent while something breaks"})
        begun = time.monotonic()
        self.sent.append(name)
        while not 200 <= self.ask("write", "POST", "/items/", body, **headers) < 300:
            if time.monotonic() > self.gives_up_at:
                return
            time.sleep(PAUSE_SECONDS)
        self.acknowledged[name] = time.monotonic() - begun

    def fault_ended(self) -> None:
        self.fault_ends.append(time.monotonic())

    def await_writes(self, count: int) -> None:
        """Wait until so many more writes are acknowledged."""
        wanted = len(self.acknowledged) + count
        until(lambda: len(self.acknowledged) >= wanted)

    def stop(self) -> None:
        self.gives_up_at = time.monotonic() + LAST_SECONDS
        self.is_over.set()


@contextmanager
def steady_load(server: Server, load: Load | None = None) -> Iterator[Ledger]:
    """Write and read until the block ends; it begins when the first writes are acknowledged."""
    load = load or Load()
    ledger = Ledger(server, load)
    readers = [_reader(ledger, number) for number in range(load.readers)]
    probes = [_probe(ledger, kind) for kind in ("healthz", "readyz")]
    acts = [ledger.write] * load.writers + readers + probes
    with ThreadPoolExecutor(len(acts)) as pool:
        clients = [pool.submit(_repeat, act, ledger) for act in acts]
        try:
            ledger.await_writes(10)
            yield ledger
            if not ledger.is_over.is_set():
                ledger.await_writes(10)
        finally:
            ledger.stop()
    for client in clients:
        client.result()


def _reader(ledger: Ledger, number: int) -> Callable[[], object]:
    path = ledger.load.paths[number % len(ledger.load.paths)]
    accept = ledger.load.accepts[number % len(ledger.load.accepts)]
    return lambda: ledger.ask("read", "GET", path, Accept=accept)


def _probe(ledger: Ledger, kind: str) -> Callable[[], object]:
    return lambda: ledger.ask(kind, "GET", f"/{kind}")


def _repeat(act: Callable[[], object], ledger: Ledger) -> None:
    due = time.monotonic()
    while not ledger.is_over.wait(max(0, due - time.monotonic())):
        act()
        due = max(due + 1 / ledger.load.per_second, time.monotonic())


def ask_once(server: Server, method: str, path: str, body: str | None, headers: dict) -> int:
    """Return the status of the answer, or CUT."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=ANSWER_SECONDS)
    try:
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
    except (OSError, http.client.HTTPException):
        return CUT
