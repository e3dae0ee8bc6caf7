"""Rate limits of sign-ins, of wrong API keys, and of changes by visitors.

One statement counts an event and returns the number of events since the window began, so that
simultaneous attempts cannot bypass the limit. A client over its limit is remembered by the process
until the window ends and needs no query: a flood of requests must not become a flood of queries.
"""

import hashlib
import math
import time
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.http import HttpRequest
from django.utils.translation import gettext

from items.access.client_ip import client_address
from items.database.faults import Fault, fault_of
from items.http.problems import Problem
from items.models.tally import Tally

REMEMBERED_MAX = 10_000  # buckets; then the list is cleared
SWEPT_ROWS = 20  # ended windows that each new one deletes, so that no cron job is needed

# Counts first and deletes old windows later, skipping locked rows: this avoids deadlocks.
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
    events: int  # allowed in a window; 0 means unlimited
    seconds: int  # length of the window, which begins with the first event


_over_limit: dict[
    str, float
] = {}  # end of the window (time.monotonic) of each bucket over its limit


def count(limit: Limit, *who: str, events: int = 1) -> int:
    """Count events; return 0, or over the limit the seconds until the window ends."""
    if not limit.events:
        return 0
    bucket = _bucket(limit, who)
    if remembered := _remembered_seconds(bucket):
        return remembered
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"bucket": bucket, "events": events, "seconds": limit.seconds})
        counted, seconds = cursor.fetchone()
    if counted <= limit.events:
        return 0
    if len(_over_limit) >= REMEMBERED_MAX:
        _over_limit.clear()
    _over_limit[bucket] = time.monotonic() + seconds
    return math.ceil(seconds)


def _remembered_seconds(bucket: str) -> int:
    return max(0, math.ceil(_over_limit.get(bucket, 0.0) - time.monotonic()))


def uncount(limit: Limit, *who: str) -> None:
    """Uncount one event that does not fall under the limit."""
    tallies = Tally.objects.filter(bucket=_bucket(limit, who), events__gt=0)
    tallies.update(events=models.F("events") - 1)


def reset(limit: Limit, *who: str) -> None:
    Tally.objects.filter(bucket=_bucket(limit, who)).delete()


def check_visitors_write(request: HttpRequest, items: int = 1) -> None:
    """Count the changes of a visitor; raise Problem 429 over the limit."""
    if not settings.VISITOR_WRITES_PER_MINUTE:
        return
    limit = Limit("visitors' writes", settings.VISITOR_WRITES_PER_MINUTE, 60)
    detail = gettext(
        "Too many changes without signing in. Wait a minute, sign in, or send an API key."
    )
    if items > limit.events:  # waiting does not help
        told = gettext(
            "Visitors can change at most %(max)s items a minute. Sign in, or send an API key."
        )
        detail = told % {"max": limit.events}
    _check(limit, request, detail, items)


def refuse_known_visitor(request: HttpRequest) -> None:
    """Raise Problem 429 if this process knows that the visitor is over the limit.

    This costs no query, and is for the time before a body is parsed.
    """
    limit = Limit("visitors' writes", settings.VISITOR_WRITES_PER_MINUTE, 60)
    if limit.events and _remembered_seconds(_bucket(limit, (client_address(request),))):
        check_visitors_write(request)


def check_visitors_upload(request: HttpRequest) -> None:
    """Count a file of a visitor, not as a change: its preview takes none from its import."""
    limit = Limit("visitors' uploads", settings.VISITOR_WRITES_PER_MINUTE, 60)
    _check(limit, request, gettext("Too many files without signing in. Wait a minute, or sign in."))


def check_failed_key(request: HttpRequest) -> None:
    """Count a refused key; raise Problem 429 over the limit."""
    limit = Limit("failed keys", settings.FAILED_KEYS_PER_MINUTE, 60)
    detail = (
        "Too many wrong API keys. Correct the script that sends them. A correct key works at once."
    )
    try:
        _check(limit, request, detail)
    except DatabaseError as error:
        if fault_of(error) is not Fault.READ_ONLY:  # there it cannot be counted
            raise


def _check(limit: Limit, request: HttpRequest, detail: str, events: int = 1) -> None:
    events = min(
        events, limit.events + 1
    )  # larger numbers change nothing, and the column is an integer
    seconds = limit.events and count(limit, client_address(request), events=events)
    if seconds:
        raise Problem(429, detail, headers={"Retry-After": str(seconds)})


def _bucket(limit: Limit, who: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join((limit.name, *who)).encode()).hexdigest()
