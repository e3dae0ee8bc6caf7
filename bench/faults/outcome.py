"""An experiment and what came of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.faults.ledger import CUT, Attempt, Ledger
from bench.faults.postgres import Postgres
from bench.progress import say

if TYPE_CHECKING:
    from bench.faults.lab import Lab

COUNT = "SELECT name, count(*) FROM items_item WHERE name LIKE 'fault %' GROUP BY name"
TRY_AGAIN = {CUT, 409, 429, 503}  # beside 2xx
NEVER = {"lost": 0, "doubled": 0, "other": 0, "unanswered": 0}  # limits of every experiment
Figures = dict[str, float]


class NotRun(Exception):
    """This machine lacks something; the message says what."""


@dataclass(frozen=True)
class Experiment:
    """A fault; or, with `control`, the same without what protects from it, which must fail."""

    name: str
    fault: str
    run: Callable[["Lab"], Figures]
    limits: Mapping[str, float] = field(default_factory=dict)  # beside NEVER
    control: str = ""  # tells what is missing
    note: str = ""  # why it is another control than the usual one

    @property
    def key(self) -> str:
        return f"{self.name} {self.control}".strip()

    def missed(self, figures: Figures) -> list[str]:
        """Return each figure that is above its limit."""
        limits = NEVER | self.limits
        return [
            f"{name} {figures[name]:.3g} > {limit:g}"
            for name, limit in limits.items()
            if figures.get(name, 0) > limit
        ]


def figures_of(ledger: Ledger, postgres: Postgres, **more: float) -> Figures:
    """Compare what was acknowledged with the table."""
    with postgres.connect() as connection:
        found = dict(connection.execute(COUNT).fetchall())
    if odd := Counter((each.kind, each.status) for each in ledger.attempts if _is_other(each)):
        say(f"other answers: {dict(odd)}")
    statuses = [attempt.status for attempt in ledger.attempts]
    return {
        "acknowledged": len(ledger.acknowledged),
        "lost": sum(name not in found for name in ledger.acknowledged),
        "doubled": sum(count > 1 for count in found.values()),
        "unanswered": len(ledger.sent) - len(ledger.acknowledged),
        "other": sum(_is_other(attempt) for attempt in ledger.attempts),
        "busy": sum(status in TRY_AGAIN - {CUT} for status in statuses),
        "cut": statuses.count(CUT),
        "write": longest(ledger, "write"),
        "read": longest(ledger, "read"),
        "healthz": longest(ledger, "healthz"),
        "stall": max(ledger.acknowledged.values(), default=0),
        "recovery": recovery(ledger),
    } | more


def _is_other(attempt: Attempt) -> bool:
    if attempt.kind in ("form", "sign-in"):  # led on, or told what is wrong
        return attempt.status >= 500 and attempt.status != 503
    return not attempt.is_success and attempt.status not in TRY_AGAIN


def longest(ledger: Ledger, kind: str) -> float:
    """Return the longest wait for an answer, in seconds."""
    waits = (each.ended - each.begun for each in ledger.attempts if each.kind == kind)
    return max(waits, default=0)


def recovery(ledger: Ledger) -> float:
    """Return the longest time from the end of a fault to the next success of a write."""
    writes = [each for each in ledger.attempts if each.kind == "write" and each.is_success]
    return max((_next(writes, over) - over for over in ledger.fault_ends), default=0)


def _next(attempts: list[Attempt], moment: float) -> float:
    return min((each.ended for each in attempts if each.ended >= moment), default=float("inf"))
