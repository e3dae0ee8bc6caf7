"""The calls of /docs/, with numbers that exist."""

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from items.api.curl import JSON, Call, needs_key
from items.models import Change, Item

ACTIONS = ("view", "add", "change", "delete")
CSV = {"Content-Type": "text/csv"}
ROWS = "Name;Notes\nDrill;cordless\n"
ROWS_WITH_COLUMN = "Name;Notes;Shelf\nDrill;cordless;3\n"


class Subjects(NamedTuple):
    """Numbers for the calls: an item and its version; a change set and one of its items."""

    item: int = 1
    version: int = 1
    change_set: int = 1
    changed_item: int = 1


def newest() -> Subjects | None:
    """Return the newest item and change set, or None if the list is empty."""
    item = Item.objects.order_by("-id").values_list("id", "version").first()
    changes = Change.objects.order_by("-change_set_id", "-item_id")
    change = changes.values_list("change_set_id", "item_id").first()
    return Subjects(*item, *(change or (1, item[0]))) if item else None


def examples(site: str, subjects: Subjects, user: int) -> dict[str, Call]:
    """Return the calls by the names that templates/items/docs.html has for them."""
    return {
        **_reading(partial(Call, site, needs_key=needs_key("view")), subjects),
        **_writing(partial(Call, site), subjects),
        **_importing(partial(Call, site, needs_key=needs_key("add", "change"))),
        **_history(partial(Call, site, needs_key=needs_key("view")), subjects, user),
        **_undoing(partial(Call, site, needs_key=needs_key(*ACTIONS)), subjects),
        "with_key": Call(site, "/items/", needs_key=True),
    }


def _reading(call: partial[Call], subjects: Subjects) -> dict[str, Call]:
    item = f"/items/{subjects.item}/"
    version = {"If-None-Match": f'"{subjects.version}"'}
    count = {"Prefer": "count=exact"}
    return {
        "list": call("/items/"),
        "two": call("/items/?limit=2", options=("-i",)),
        "sorted": call("/items/?sort=name"),
        "found": call("/items/?q=cool+book"),
        "phrase": call("/items/?q=%22cool+book%22"),
        "close": call("/items/?q=boook&close=1", options=("-i",)),
        "number": call("/items/?q=book", "HEAD", count),
        "item": call(item),
        "unchanged": call(item, headers=version, options=("-i",)),
        "csv": call("/items.csv?q=book&sort=name", options=("-o items.csv",)),
        "excel_csv": call("/items.csv?bom=1", options=("-o items.csv",)),
        "ndjson": call("/items.ndjson"),
        "xlsx": call("/items.xlsx", options=("-o items.xlsx",)),
    }


def _writing(call: partial[Call], subjects: Subjects) -> dict[str, Call]:
    item = f"/items/{subjects.item}/"
    book = '{"name": "Book", "description": "A cool book"}'
    pens = '[{"name": "Pen"}, {"name": "Ink", "description": "Blue"}]'
    once = {"Idempotency-Key": str(uuid.uuid4()), **JSON}
    version = {"If-Match": f'"{subjects.version}"', **JSON}
    may_add, may_change = needs_key("add"), needs_key("change")
    return {
        "add": call("/items/", "POST", JSON, book, may_add, ("-i",)),
        "add_many": call("/items/", "POST", JSON, pens, may_add),
        "add_once": call("/items/", "POST", once, '{"name": "Lamp"}', may_add, ("--retry 5",)),
        "patch": call(item, "PATCH", version, '{"description": "Lent to Ann"}', may_change),
        "put": call(item, "PUT", JSON, '{"name": "Tome"}', may_change),
        "delete": call(item, "DELETE", needs_key=needs_key("delete")),
    }


def _importing(call: partial[Call]) -> dict[str, Call]:
    dry = "/items/import/?other_columns=keep&dry_run=1"
    return {
        "dry_import": call(dry, "POST", CSV, ROWS_WITH_COLUMN, is_file=True),
        "import": call("/items/import/", "POST", CSV, ROWS, is_file=True),
    }


def _history(call: partial[Call], subjects: Subjects, user: int) -> dict[str, Call]:
    today = datetime.now(UTC).date()
    return {
        "changes": call("/changes/?limit=10"),
        "changes_of_way": call(f"/changes/?way=json&day={today}"),
        "changes_of_user": call(f"/changes/?user={user}", needs_key=True),
        "change_set": call(f"/changes/{subjects.change_set}/"),
    }


def _undoing(call: partial[Call], subjects: Subjects) -> dict[str, Call]:
    undo = f"/changes/{subjects.change_set}/undo/"
    some = f'{{"items": [{subjects.changed_item}]}}'
    return {
        "dry_undo": call(f"{undo}?dry_run=1", "POST"),
        "undo_some": call(undo, "POST", JSON, some),
        "undo": call(undo, "POST"),
    }
