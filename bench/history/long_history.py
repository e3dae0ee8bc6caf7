"""A history of five million changes: how long its questions take, and how pruning goes."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from bench.history import site
from bench.load import repeating
from bench.progress import say
from bench.setup.databases import Database
from bench.setup.servers import NOW

ITEMS, CHANGE_SETS, CHANGES = 200_000, 3_800_000, 5_000_000
PEOPLE, GONE = 40, 41  # the ids from 1 on; one who left a year ago
DAYS = 500
SEED = 7
RUNS = 60  # of each question, with other values each time
POSTS_PER_SECOND = 50
PAGE = 51
FILL = f"""
    ALTER TABLE items_item DISABLE TRIGGER USER;
    INSERT INTO items_item (name, description)
        SELECT 'Box ' || n, 'on the shelf' FROM generate_series(1, {ITEMS}) AS n;
    INSERT INTO items_changeset (id, made_at, user_id, who, way, detail, added, changed, deleted)
        SELECT n, now() - interval '{DAYS} days' * (1 - n / {CHANGE_SETS}.0), person,
            CASE person WHEN 0 THEN '' ELSE 'person ' || person END,
            (ARRAY['page', 'page', 'json', 'admin', 'command'])[1 + n % 5], '', 0, 1, 0
        FROM (SELECT n, CASE WHEN n < {CHANGE_SETS // 10} AND n % 97 = 0 THEN {GONE}
            ELSE (n * 7919::bigint % {PEOPLE + 1})::integer END AS person
            FROM generate_series(2, {CHANGE_SETS}) AS n) AS made;
    UPDATE items_changeset SET way = 'import' WHERE id % 250000 = 3;
    SELECT setval('items_changeset_id_seq', {CHANGE_SETS});
    INSERT INTO items_change (item_id, version, change_set_id, kind, name, description)
        SELECT 1 + n % {ITEMS}, 2 + n / {ITEMS}, 2 + n * {CHANGE_SETS - 1}::bigint / {CHANGES}, 'c',
            'Box ' || n, 'on another shelf' FROM generate_series(0, {CHANGES - 1}) AS n;
    UPDATE items_item SET version = 2 + {CHANGES} / {ITEMS};
    ALTER TABLE items_item ENABLE TRIGGER USER;
"""
ITEMS_NOW = (
    f"SELECT md5(string_agg(items_item::text, '' ORDER BY id)) FROM items_item WHERE id <= {ITEMS}"
)


def fill() -> None:
    say(f"history: writing {CHANGES:,} changes")
    site.execute(FILL)
    site.execute("VACUUM (ANALYZE)")


def ask() -> dict[str, list[float]]:
    """Return the milliseconds of each run, as Django waits for it, by question and plan mode."""
    from items.changes.change_list import Filter, count_by_day, read_change_sets
    from items.changes.history import read_changes, read_item_history

    chance = random.Random(SEED)
    today = site.value("SELECT now()").date()
    people = [1, 7, PEOPLE, GONE, 999, 0]
    ways = ["page", "import", "database"]  # common, rare, never

    def filters() -> list[tuple[str, Filter]]:
        day = today - timedelta(days=chance.randrange(DAYS))
        user, way = chance.choice(people), chance.choice(ways)
        return [
            ("no filter", Filter()),
            ("by person", Filter(user_id=user)),
            ("by way", Filter(way=way)),
            ("by person and way", Filter(user_id=user, way=way)),
            ("of a day", Filter(day=day)),
            ("of a day, by person and way", Filter(user_id=user, way=way, day=day)),
        ]

    found: dict[str, list[float]] = {}

    def take(question: str, run: Callable[[], object]) -> None:
        found.setdefault(question, []).append(_seconds(run) * 1000)

    for mode in ("auto", "force_generic_plan"):
        site.execute(f"SET plan_cache_mode = {mode}")
        for _ in range(RUNS):
            for name, wanted in filters():
                after = chance.choice([None, chance.randrange(1, CHANGE_SETS)])
                take(
                    f"list, {name}",
                    lambda w=wanted, a=after: read_change_sets(w, after=a, limit=PAGE),
                )
                if not wanted.day:
                    take(f"chart, {name}", partial(count_by_day, wanted, today))
            item, change_set = chance.randrange(1, ITEMS), chance.randrange(2, CHANGE_SETS)
            take("history of an item", partial(read_item_history, item, limit=PAGE))
            take("a change set", partial(read_changes, change_set, limit=PAGE))
    site.execute("RESET plan_cache_mode")
    return found


def prune(database: Database) -> dict[str, float]:
    """Prune what is older than a year while others write; return the longest waits in seconds."""
    from django.utils import timezone

    from items.changes import upkeep

    before = site.value(ITEMS_NOW)
    chunks, requests = [], []
    with NOW.running(database, workers=2) as server:

        def post() -> None:
            requests.append(_seconds(server.post_item))

        server.post_item()
        with repeating(post, POSTS_PER_SECOND):
            started = time.monotonic()
            pruning = upkeep.prune(timezone.now() - timedelta(days=365))
            while seconds := _chunk_seconds(pruning):
                chunks.append(seconds)
            total = time.monotonic() - started
    assert site.value(ITEMS_NOW) == before
    return {
        "seconds": total,
        "longest chunk, s": max(chunks),
        "longest POST, s": max(requests),
        "POSTs": len(requests),
    }


def _chunk_seconds(pruning: Iterator[int]) -> float:
    """Return how long the next chunk takes; 0 after the last."""
    started = time.monotonic()
    return time.monotonic() - started if next(pruning, 0) else 0


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def p95(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
