"""Clients that ask for more than they may."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from bench.faults.lab import Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, figures_of, longest
from bench.setup.servers import cpu_seconds
from itemsite.tests.clone import PATIENCE_SECONDS, Server

WRITES_PER_MINUTE = 6000  # enough for the steady load, which comes from another IP
VISITOR = "203.0.113.7"  # loopback is a proxy that the site believes
CONNECTIONS, SECONDS = 4, 10
BODY = json.dumps([{}] * 75_000)  # short to send and long to parse


def flood(lab: Lab, *, weaker: str = "") -> Figures:
    """Send large bodies over the limit; `cpu` is the time for each in ms, `others` their wait."""
    limit = str(WRITES_PER_MINUTE)
    with lab.site(weaker, VISITOR_WRITES_PER_MINUTE=limit) as (server, postgres):
        with steady_load(server) as ledger, ThreadPoolExecutor(CONNECTIONS) as visitors:
            _send(server, 0)  # this one is parsed, and counted
            before, end = cpu_seconds(server.process.pid), time.monotonic() + SECONDS
            sent = [visitors.submit(_send, server, end) for _ in range(CONNECTIONS)]
            statuses = [status for each in sent for status in each.result()]
            spent = cpu_seconds(server.process.pid) - before
        cpu = 1000 * spent / len(statuses)
        others = max(longest(ledger, kind) for kind in ("read", "write"))
        wrong = sum(status != 429 for status in statuses)
        return figures_of(ledger, postgres, cpu=cpu, others=others, wrong=wrong)


def _send(server: Server, end: float) -> list[int]:
    """Send once or more over one connection, as quickly as it goes; return the statuses."""
    headers = {"X-Forwarded-For": VISITOR, "Content-Type": "application/json"}
    statuses = []
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        while not statuses or time.monotonic() < end:
            connection.request("POST", "/items/", BODY, headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
    return statuses


OVER = f"a visitor over the limit sends {len(BODY) // 1000} KB each time, {CONNECTIONS} at once"
LIMITS = {"cpu": 5, "others": 1, "wrong": 0}
EXPERIMENTS = [
    Experiment("over-limit", OVER, flood, LIMITS),
    Experiment(
        "over-limit",
        OVER,
        partial(flood, weaker="parse first"),
        LIMITS,
        control="the look at the limit before the body is parsed",
    ),
]
