"""Take back a change set, or what it did to some items.

An item is only taken back if it is still as the change set left it. What somebody changed since is
kept. The result is a change set again, which can be undone like any other. It notes for each item
which version is back (`same_as`), so that an undo of an undo finds the item as it was.

Permissions are the caller's: see permissions_for_undo().
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from items.changes.recording import Author, recorded
from items.changes.undo_sql import (
    DEFAULTS,
    EARLIER_UNDO,
    FIND_CHANGE_SET,
    KEPT,
    KINDS,
    LOCK_CHANGE_SET,
    LOCK_ITEMS,
    NOTE_VERSIONS,
    PREVIEW,
    TAKE_BACK,
)
from items.database.sql import Busy, fetch, limited
from items.database.statistics import renew_statistics

TIMEOUT_MS = 300_000  # as for the deletion of many items; enough for a million changes
WORK_MEM_KB = 65_536  # so that 100,000 items are sorted in memory
KEPT_SHOWN = 50
TRIES = 2  # a transaction that writes the same items in another order can cause a deadlock


class NoChangeSet(LookupError):
    """The change set does not exist, or its history was pruned."""


@dataclass(frozen=True)
class Kept:
    """An item that an undo leaves alone, and the newest change set that changed it."""

    item_id: int
    name: str | None  # None if it was erased
    change_set_id: int
    who: str
    way: str
    made_at: datetime
    kind: str  # of the newest change: a, c or d
    is_erased: bool  # the texts of before were erased, so nothing can be brought back


@dataclass(frozen=True)
class Undone:
    """The result of an undo, or what it would be, in numbers of items."""

    removed: int  # that the change set had added
    changed: int  # set back to their texts of before
    restored: int  # that the change set had deleted
    already_back: int  # that are as they were before the change set
    kept_count: int  # that somebody else changed since
    kept: Sequence[Kept]  # the first KEPT_SHOWN; read_kept() reads more
    # The change set that took it back: the new one, or an earlier one if nothing was left to do;
    # None in a dry run.
    change_set_id: int | None = None

    @property
    def taken_back(self) -> int:
        return self.removed + self.changed + self.restored


def undo(
    change_set_id: int,
    author: Author,
    *,
    items: Iterable[int] | None = None,
    dry_run: bool = False,
    timeout_ms: int = TIMEOUT_MS,
) -> Undone:
    """Take back what a change set did, to all its items or to some; return what was done.

    With dry_run only tell what would be done. Raise NoChangeSet, TooLong, or Busy if other
    transactions keep writing the same items.
    """
    values = _values(change_set_id, items)
    if dry_run:
        with limited(timeout_ms):
            _check_exists(fetch(FIND_CHANGE_SET, values))
            return _result(values, None, *fetch(PREVIEW, values, prepare=False)[0])
    renew_statistics()
    for _ in range(TRIES - 1):
        with suppress(Busy):
            return _take_back(values, author, timeout_ms)
    return _take_back(values, author, timeout_ms)


def read_kept(
    change_set_id: int, *, items: Iterable[int] | None = None, after: int = 0, limit: int
) -> list[Kept]:
    """Return items that an undo would leave alone, or did, by id; `after` is an item's id."""
    with limited(TIMEOUT_MS):
        return _read_kept(_values(change_set_id, items), after, limit)


def permissions_for_undo(change_set_id: int, items: Iterable[int] | None = None) -> set[str]:
    """Return the permissions that an undo needs, by what the change set contains."""
    needed = {"a": "items.delete_item", "c": "items.change_item", "d": "items.add_item"}
    return {needed[kind] for (kind,) in fetch(KINDS, _values(change_set_id, items))}


def _values(change_set_id: int, items: Iterable[int] | None) -> dict:
    return {"change_set": change_set_id, "items": None if items is None else list(items)}


def _read_kept(values: dict, after: int, limit: int) -> list[Kept]:
    rows = fetch(KEPT, values | {"after": after, "limit": limit}, prepare=False)
    return [Kept(*row) for row in rows]


def _check_exists(rows: list[tuple]) -> None:
    if not rows:
        raise NoChangeSet


def _take_back(values: dict, author: Author, timeout_ms: int) -> Undone:
    with (
        recorded(author, values["change_set"]),
        limited(timeout_ms, {"work_mem": WORK_MEM_KB}, only_reads=False),
    ):
        _check_exists(fetch(LOCK_CHANGE_SET, values))
        fetch(LOCK_ITEMS, values, prepare=False)
        [(*counts, already_back, others)] = fetch(TAKE_BACK, values | DEFAULTS, prepare=False)
        taken_back = sum(counts)
        sql = NOTE_VERSIONS if taken_back else EARLIER_UNDO
        taken_back_by = fetch(sql, values, prepare=False)[0][0]
        return _result(values, taken_back_by, *counts, already_back, others - taken_back)


def _result(values: dict, change_set_id: int | None, *numbers: int) -> Undone:
    removed, changed, restored, already_back, kept_count = numbers
    kept = _read_kept(values, 0, KEPT_SHOWN) if kept_count else []
    return Undone(removed, changed, restored, already_back, kept_count, kept, change_set_id)
