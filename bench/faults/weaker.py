"""The site's settings without a part of what protects it, for the controls."""

import os

from gevent.lock import BoundedSemaphore

from items.database import heavy_reads, snapshot_cache
from itemsite.checked_pool import waiting
from itemsite.settings import *  # noqa: F403
from itemsite.settings import DATABASES, MIDDLEWARE


def parse_first(get_response):
    from items.access import rate_limit  # it needs models

    rate_limit.refuse_known_visitor = lambda request: None
    return get_response


database = DATABASES["default"]
match os.environ["WEAKER"]:
    case "no health checks":
        database["ENGINE"] = "django.db.backends.postgresql"
    case "slow reconnect":
        database["OPTIONS"]["pool"]["reconnect_timeout"] = 300
    case "patient pool":
        database["OPTIONS"]["pool"]["timeout"] = 60
    case "no lock time-out":
        database["OPTIONS"]["options"] = "-c statement_timeout=0 -c lock_timeout=0"
    case "old snapshot connection":
        snapshot_cache.CONNECTION_AGE_SECONDS = 3600
    case "all for heavy reads":
        heavy_reads._slots = lambda: BoundedSemaphore(1000)
    case "hashes in the loop":
        PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    case "all can wait":
        waiting.BOUND_MIN = waiting.BOUND_MAX
    case "parse first":
        MIDDLEWARE = [*MIDDLEWARE, "bench.faults.weaker.parse_first"]
    case "keys not counted":
        snapshot_cache.ENTRY_SIZE, snapshot_cache.getsizeof = 0, lambda key: 0
    case unknown:
        raise ValueError(f"WEAKER: {unknown}")
