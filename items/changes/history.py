"""What was changed: of one item, or by one change set; old and new text side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from items.database.sql import fetch
from items.models.item import WRITABLE


@dataclass(frozen=True)
class FieldChange:
    """A text before and after a change.

    None is no text: the item was not there, or, if `is_erased`, the text was erased from the
    history. If an item was added or deleted, its empty texts are left out.
    """

    field: str
    old: str | None
    new: str | None
    is_erased: bool


@dataclass(frozen=True)
class ItemChange:
    item_id: int
    version: int  # that the change made
    change_set_id: int
    made_at: datetime
    who: str
    way: str
    detail: str
    kind: str  # a: added, c: changed, d: deleted
    same_as: int | None  # the version that an undo brought back; 0: none, as before it was added
    name: str | None  # the newest of the item; None: erased
    fields: Sequence[FieldChange]  # can be empty, if only a time changed

    @property
    def has_this_name(self) -> bool:
        """Whether the item was added or deleted with the name that `name` is."""
        names = [(field.old, field.new) for field in self.fields if field.field == "name"]
        return self.kind != "c" and self.name is not None and self.name in chain(*names)


@dataclass(frozen=True)
class ItemHistory:
    changes: Sequence[ItemChange]  # the newest first
    after: int | None  # cursor of the older ones: a version
    # Set on the last page if the item is older than the history: when that began. It was there
    # before, in the version below that of the oldest change.
    was_there_before: datetime | None

    @property
    def version_before(self) -> int | None:
        """The version in which the item was there before, if a change followed."""
        return self.changes[-1].version - 1 if self.was_there_before and self.changes else None


@dataclass(frozen=True)
class Deletion:
    """The last change of an item that is deleted, and its texts at the end."""

    item_id: int
    version: int
    change_set_id: int
    made_at: datetime
    who: str
    way: str
    detail: str
    is_erased: bool  # then the texts are empty, and it cannot be restored
    texts: dict[str, str | None]  # by field; None: it was deleted before the field existed


KIND = 7  # its place in a row, after EVENT
EVENT = "item_id, version, change_set_id, made_at, who, way, detail"
TEXTS = ", ".join(f"old_{field}, new_{field}" for field in WRITABLE)
# The limit is inside, so that names are only looked up for the page.
CHANGES = f"""
    SELECT {EVENT}, kind, same_as, CASE WHEN item.id IS NOT NULL THEN item.name ELSE (
        SELECT CASE WHEN NOT is_erased THEN name END FROM items_change
        WHERE item_id = page.item_id ORDER BY version DESC LIMIT 1
    ) END, erased, {TEXTS}
    FROM (
        SELECT * FROM items_history WHERE {{condition}} ORDER BY {{order}} LIMIT {{limit}}
    ) AS page
    LEFT JOIN (SELECT id, name FROM items_item) AS item ON item.id = item_id
    ORDER BY {{order}}
"""
DELETION = f"""
    SELECT {EVENT}, is_erased, {", ".join(WRITABLE)}
    FROM items_change JOIN items_changeset ON items_changeset.id = change_set_id
    WHERE item_id = %(item)s AND kind = 'd'
        AND version = (SELECT max(version) FROM items_change WHERE item_id = %(item)s)
"""
BEGUN = "SELECT made_at FROM items_changeset ORDER BY id LIMIT 1"


def read_item_history(item_id: int, *, after: int | None = None, limit: int) -> ItemHistory:
    """Return the changes of an item, the newest first; `after` is the version to go on from."""
    condition = "item_id = %(item)s" + (" AND version < %(after)s" if after else "")
    values = {"item": item_id, "after": after}
    changes, has_more = _read(condition, "version DESC", limit, values)
    is_from_before = not has_more and (changes[-1].kind != "a" if changes else not after)
    return ItemHistory(
        changes,
        after=changes[-1].version if has_more else None,
        was_there_before=read_beginning() if is_from_before else None,
    )


def read_changes(
    change_set_id: int, *, after: tuple[int, int] = (0, 0), limit: int
) -> tuple[list[ItemChange], tuple[int, int] | None]:
    """Return changes of a change set by item and version, and the cursor of the next ones."""
    values = {"change_set": change_set_id, "item": after[0], "version": after[1]}
    condition = "change_set_id = %(change_set)s AND (item_id, version) > (%(item)s, %(version)s)"
    changes, has_more = _read(condition, "item_id, version", limit, values)
    return changes, (changes[-1].item_id, changes[-1].version) if has_more else None


def read_deletion(item_id: int) -> Deletion | None:
    """Return how an item was deleted; None if it was never there, still is, or that was pruned."""
    rows = fetch(DELETION, {"item": item_id})
    if not rows:
        return None
    about, texts = rows[0][: -len(WRITABLE)], rows[0][-len(WRITABLE) :]
    values = [*about, dict(zip(WRITABLE, texts, strict=True))]
    return Deletion(*values)


def read_beginning() -> datetime | None:
    """Return when the history began: when it was installed, or later if it was pruned.

    None if somebody emptied the tables.
    """
    rows = fetch(BEGUN, [])
    return rows[0][0] if rows else None


def _read(condition: str, order: str, limit: int, values: dict) -> tuple[list[ItemChange], bool]:
    """Return up to `limit` changes, and whether there are more."""
    sql = CHANGES.format(condition=condition, order=order, limit=limit + 1)
    rows = fetch(sql, values)
    return [_item_change(row) for row in rows[:limit]], len(rows) > limit


def _item_change(row: tuple) -> ItemChange:
    about, texts = row[: -2 * len(WRITABLE)], row[-2 * len(WRITABLE) :]
    kind, erased = about[KIND], about[-1]
    fields = [
        FieldChange(field, old, new, field in erased)
        for field, old, new in zip(WRITABLE, texts[::2], texts[1::2], strict=True)
        if field in erased or ((old, new) != (None, None) if kind == "c" else old or new)
    ]
    values = [*about[:-1], fields]
    return ItemChange(*values)
