"""What history adds to writes of many items, what an undo costs, and how much room they take."""

import statistics
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.history import site
from bench.progress import say

COUNT = 100_000  # items
EDITS = 20_000  # each in a transaction of its own
EVERY = "items_item_record_insert items_item_record_update items_item_record_delete".split()
TABLES = "items_item, items_change, items_changeset"
SIZE = "SELECT pg_total_relation_size('items_change') + pg_total_relation_size('items_changeset')"
UPDATE = "UPDATE items_item SET description = description || ' (counted)'"
DELETE = "DELETE FROM items_item"
EDIT = f"""
    DO $$ DECLARE first bigint := (SELECT min(id) FROM items_item); BEGIN
        FOR n IN 0..{EDITS - 1} LOOP
            UPDATE items_item SET name = name || '.' WHERE id = first + n;
            COMMIT;
        END LOOP;
    END $$
"""
Costs = dict[str, list[tuple[float, float]]]  # by work: seconds, and those of CPU, of each round


def measure(file: Path, rounds: int) -> tuple[Costs, dict[str, float]]:
    """Return costs, and bytes of history for each edit and each imported row."""
    costs: Costs = defaultdict(list)
    for number in range(rounds):
        for is_recorded in (True, False) if number % 2 else (False, True):
            _switch(is_recorded)
            _measure_round(file, costs, is_recorded)
        say(f"history: writes, round {number + 1} of {rounds}")
    return costs, _measure_room(file)


def _measure_round(file: Path, costs: Costs, is_recorded: bool) -> None:
    def take(work: str, run: Callable[[], object]) -> None:
        costs[work if is_recorded else f"{work}, not recorded"].append(site.cost(run))

    site.execute(f"TRUNCATE {TABLES}")
    take("import", lambda: site.copy_items(file))
    if is_recorded:
        take("undo of the import", _undo)
        take("undo of that undo", _undo)
    take("UPDATE", lambda: site.execute(UPDATE))
    if is_recorded:
        take("undo of the UPDATE", _undo)
    take("DELETE", lambda: site.execute(DELETE))
    if is_recorded:
        take("undo of the DELETE", _undo)


def _undo() -> None:
    """Take back the newest change set."""
    from items.changes.recording import Author
    from items.changes.undo import undo

    newest = site.value("SELECT max(id) FROM items_changeset")
    assert undo(newest, Author("command", detail="bench")).taken_back == COUNT


def _switch(is_recorded: bool) -> None:
    for trigger in EVERY:
        site.execute(
            f"ALTER TABLE items_item {'ENABLE' if is_recorded else 'DISABLE'} TRIGGER {trigger}"
        )


def _measure_room(file: Path) -> dict[str, float]:
    _switch(True)
    site.execute(f"TRUNCATE {TABLES}")
    empty = site.value(SIZE)
    site.copy_items(file)
    imported = site.value(SIZE)
    site.execute(EDIT)
    edited = site.value(SIZE)
    return {"imported row": (imported - empty) / COUNT, "edit": (edited - imported) / EDITS}


def ratio(costs: Costs, work: str, other: str) -> float:
    """Return CPU of one work / CPU of another, the median of the rounds."""
    pairs = zip(costs[work], costs[other], strict=True)
    return statistics.median(mine[1] / its[1] for mine, its in pairs)


def median(costs: Costs, work: str, place: int) -> float:
    """Return seconds (place 0) or those of CPU (1)."""
    return statistics.median(cost[place] for cost in costs[work])
