"""How often somebody may try: to sign in, to use a wrong key, to write without one.

One statement counts an event and tells how many there were since the window began, so that
tries at once do not slip past each other. Who is over a limit is remembered by this process
until the window ends, and costs no query meanwhile: a flood must not become one of queries.
"""

import hashlib
import math
import time
from typing import NamedTuple

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest
from django.utils.translation import gettext

from items.access.client_ip import client_address
from items.http.problems import Problem
from items.models.tally import Tally

REMEMBERED_MAX = 10_000  # buckets; then all are forgotten, and asked for again
SWEPT_ROWS = 20  # ended windows that each new one removes, so that no cron job need do it

# Counts first and sweeps after: who sweeps waits for nobody, so that no two wait for each other.
COUNT = f"""
    WITH counted AS (
        INSERT INTO items_tally AS tally (bucket, events, ends_at)
        VALUES (%(bucket)s, %(events)s, now() + %(seconds)s * interval '1 second')
        ON CONFLICT (bucket) DO UPDATE
        SET events = CASE WHEN tally.ends_at <= now() THEN 0 ELSE tally.events END + %(events)s,
            ends_at = CASE WHEN tally.ends_at <= now() THEN excluded.ends_at ELSE tally.ends_at END
        RETURNING events, ends_at
    ), swept AS (
        DELETE FROM items_tally WHERE bucket IN (
            SELECT bucket FROM items_tally WHERE ends_at <= now() AND bucket <> %(bucket)s
            ORDER BY ends_at
            LIMIT (SELECT CASE events WHEN %(events)s THEN {SWEPT_ROWS} ELSE 0 END FROM counted)
            FOR UPDATE SKIP LOCKED
        )
    )
    SELECT events, extract(epoch FROM ends_at - now())::float FROM counted
"""


class Limit(NamedTuple):
    name: str
    events: int  # that one may cause in a window; 0: any number
    seconds: int  # of the window, which begins with the first event


_over: dict[str, float] = {}  # buckets over their limit, and when that ends (time.monotonic)


def count(limit: Limit, *who: str, events: int = 1) -> int:
    """Count one or more; return 0, or beyond the limit the seconds until the window ends."""
    if not limit.events:
        return 0
    bucket = _bucket(limit, who)
    remembered = _over.get(bucket, 0.0) - time.monotonic()
    if remembered > 0:
        return math.ceil(remembered)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"bucket": bucket, "events": events, "seconds": limit.seconds})
        counted, seconds = cursor.fetchone()
    if counted <= limit.events:
        return 0
    if len(_over) >= REMEMBERED_MAX:
        _over.clear()
    _over[bucket] = time.monotonic() + seconds
    return math.ceil(seconds)


def take_back(limit: Limit, *who: str) -> None:
    """Count one event less: it was not of the kind that is limited."""
    tallies = Tally.objects.filter(bucket=_bucket(limit, who), events__gt=0)
    tallies.update(events=models.F("events") - 1)


def forget(limit: Limit, *who: str) -> None:
    Tally.objects.filter(bucket=_bucket(limit, who)).delete()


def check_visitors_write(request: HttpRequest, items: int = 1) -> None:
    """Count what somebody unknown writes; raise Problem 429 beyond the limit."""
    if not settings.VISITOR_WRITES_PER_MINUTE:
        return
    limit = Limit("visitors' writes", settings.VISITOR_WRITES_PER_MINUTE, 60)
    detail = gettext(
        "Too many changes without signing in. Wait a minute, sign in, or send an API key."
    )
    if items > limit.events:  # waiting would not help
        told = gettext(
            "Visitors can change at most %(max)s items a minute. Sign in, or send an API key."
        )
        detail = told % {"max": limit.events}
    _check(limit, request, detail, items)


def check_failed_key(request: HttpRequest) -> None:
    """Count a key that was refused; raise Problem 429 beyond the limit."""
    limit = Limit("failed keys", settings.FAILED_KEYS_PER_MINUTE, 60)
    detail = (
        "Too many wrong API keys. Correct the script that sends them. A correct key works at once."
    )
    _check(limit, request, detail)


def _check(limit: Limit, request: HttpRequest, detail: str, events: int = 1) -> None:
    events = min(events, limit.events + 1)  # beyond it all are alike, and the column is an integer
    seconds = limit.events and count(limit, client_address(request), events=events)
    if seconds:
        raise Problem(429, detail, headers={"Retry-After": str(seconds)})


def _bucket(limit: Limit, who: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join((limit.name, *who)).encode()).hexdigest()
