"""Ten times as many writes as the site can do, from clients that do not wait for each other."""

import asyncio
import json
import time
import uuid
from functools import partial

from bench.faults.lab import Lab
from bench.faults.ledger import ANSWER_SECONDS, CUT, Attempt, Ledger, Load
from bench.faults.outcome import Experiment, Figures, figures_of

# Each commit takes so long, as on a slow disk, and there are few connections. So PostgreSQL is the
# limit, not the cores, of which the clients here and the refusals need a part.
COMMIT_MICROSECONDS, CONNECTIONS = 100_000, 2
TIMES, SECONDS = 10, 30
PEAK_CLIENTS, PEAK_SECONDS = 16, 8  # each asks again at once
SETTLING_SECONDS = 2  # of each, without figures
HEAD = (
    "POST /items/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    'Content-Type: application/json\r\nIdempotency-Key: "{}"\r\nContent-Length: {}\r\n\r\n'
)


def overload(lab: Lab, *, weaker: str = "") -> Figures:
    """Measure the peak, then offer ten times as much.

    `shortfall` is the part of the peak that is no longer done, `refused` the time in which 95 % of
    the refusals come.
    """
    with lab.site(weaker, DATABASE_POOL_SIZE=str(CONNECTIONS)) as (server, postgres):
        with postgres.connect("postgres") as connection:
            connection.execute(f"ALTER SYSTEM SET commit_delay = {COMMIT_MICROSECONDS}")
            connection.execute("ALTER SYSTEM SET commit_siblings = 0")
            connection.execute("SELECT pg_reload_conf()")
        ledger = Ledger(server, Load())
        peak = _per_second(asyncio.run(_closed_loop(ledger)))
        during = asyncio.run(_open_loop(ledger, TIMES * peak))
        waits = sorted(each.ended - each.begun for each in during if each.status == 503) or [0]
        figures = {
            "peak": peak,
            "offered": len(during) / SECONDS,
            "shortfall": 1 - _per_second(during) / peak,
            "refused": waits[len(waits) * 95 // 100],
            "median": waits[len(waits) // 2],
        }
        # Nobody sends a write again here, so those that were refused stay unanswered.
        return figures_of(ledger, postgres, **figures) | {"unanswered": 0}


def _per_second(attempts: list[Attempt]) -> float:
    begun, ended = attempts[0].begun + SETTLING_SECONDS, max(each.begun for each in attempts)
    done = sum(each.is_success and begun < each.ended < ended for each in attempts)
    return done / (ended - begun)


async def _closed_loop(ledger: Ledger) -> list[Attempt]:
    end = time.monotonic() + PEAK_SECONDS

    async def client() -> None:
        while time.monotonic() < end:
            await _write(ledger)

    await asyncio.gather(*(client() for _ in range(PEAK_CLIENTS)))
    return sorted(ledger.attempts)


async def _open_loop(ledger: Ledger, per_second: float) -> list[Attempt]:
    """Send each write when it is due, whatever came of those before it."""
    before, begun = len(ledger.attempts), time.monotonic()
    async with asyncio.TaskGroup() as writes:
        for number in range(int(per_second * SECONDS)):
            await asyncio.sleep(begun + number / per_second - time.monotonic())
            writes.create_task(_write(ledger))
    return sorted(ledger.attempts[before:], key=lambda each: each.begun)


async def _write(ledger: Ledger) -> None:
    name = f"fault {uuid.uuid4()}"
    begun, status = time.monotonic(), CUT
    ledger.sent.append(name)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            status = await _post(ledger.server.port, name)
    except (OSError, asyncio.IncompleteReadError):  # TimeoutError is an OSError
        pass
    ended = time.monotonic()
    ledger.attempts.append(Attempt("write", begun, ended, status))
    if status == 201:
        ledger.acknowledged[name] = ended - begun


async def _post(port: int, name: str) -> int:
    """Return the status of the answer."""
    body = json.dumps({"name": name, "description": "one of many"})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write((HEAD.format(name[6:], len(body)) + body).encode())
        head = await reader.readuntil(b"\r\n")
        await reader.read()  # to its end
    finally:
        writer.close()
    return int(head.split()[1])


OVERLOADED = f"{TIMES} times the writes it can do for {SECONDS} s, on a slow disk"
LIMITS = {"shortfall": 0.2, "refused": 0.1}
EXPERIMENTS = [
    Experiment("overload", OVERLOADED, overload, LIMITS),
    Experiment(
        "overload",
        OVERLOADED,
        partial(overload, weaker="all can wait"),
        LIMITS,
        control="a bound for those who wait for a connection",
    ),
]
