"""The history in JSON.

The names of people, of keys, of files and of programs are only told to those who send a key.
"""

import json
from datetime import UTC, datetime
from typing import Any

from items.api.endpoint import ApiRequest
from items.changes.change_list import ChangeSetRow
from items.changes.history import Deletion, FieldChange, ItemChange
from items.changes.undo import Kept, Undone
from items.http.problems import Problem

KINDS = {"a": "added", "c": "changed", "d": "deleted"}
# The ways whose detail a person can have written: the name of a key or of a file; programs tell
# PostgreSQL whose script they run.
NAMED_BY_PEOPLE = ("json", "import", "database")

Json = dict[str, Any]


def change_set_json(request: ApiRequest, row: ChangeSetRow) -> Json:
    return {
        "id": row.id,
        "made_at": _time(row.made_at),
        "way": row.way,
        "who": _name_for(request, row.who),
        "detail": _detail_for(request, row),
        "undoes": row.undoes_id,
        "undone_by": row.undone_by_id,
        "added": row.added,
        "changed": row.changed,
        "deleted": row.deleted,
        "item": {"id": row.item_id, "name": row.name} if row.item_id else None,
    }


def change_json(change: ItemChange) -> Json:
    return {
        "item_id": change.item_id,
        "version": change.version,
        "kind": KINDS[change.kind],
        "fields": [_field(field) for field in change.fields],
    }


def _field(change: FieldChange) -> Json:
    texts = {"field": change.field, "old": change.old, "new": change.new}
    return texts | ({"is_erased": True} if change.is_erased else {})


def undone_json(request: ApiRequest, undone: Undone) -> Json:
    return {
        "change_set": undone.change_set_id,
        "removed": undone.removed,
        "changed": undone.changed,
        "restored": undone.restored,
        "already_back": undone.already_back,
        "kept_count": undone.kept_count,
        "kept": [_kept(request, kept) for kept in undone.kept],
    }


def _kept(request: ApiRequest, kept: Kept) -> Json:
    """Describe an item that stays as it is, and the newest change set that changed it."""
    item = {
        "item_id": kept.item_id,
        "name": kept.name,
        "change_set": kept.change_set_id,
        "who": _name_for(request, kept.who),
        "way": kept.way,
        "made_at": _time(kept.made_at),
        "kind": KINDS[kept.kind],
    }
    return item | ({"is_erased": True} if kept.is_erased else {})


def deletion_problem(request: ApiRequest, deletion: Deletion) -> Problem:
    """Return the 410 of a deleted item."""
    who = _name_for(request, deletion.who)
    undo = None if deletion.is_erased else f"/changes/{deletion.change_set_id}/undo/"
    time = f"{deletion.made_at.astimezone(UTC):%Y-%m-%d at %H:%M:%S} (UTC)"
    detail = f"Item {deletion.item_id} was deleted on {time}{f' by {who}' if who else ''}."
    if undo:
        detail += f' To restore it, POST {{"items": [{deletion.item_id}]}} to {undo}.'
    else:
        detail += " It cannot be restored: its texts were erased from the history."
    members = {"deleted_at": _time(deletion.made_at), "who": who, "undo": undo}
    return Problem(410, detail, members=members)


def _name_for(request: ApiRequest, who: str) -> str | None:
    """Return a person's name for those who send a key; None for others, and if there is none."""
    return (request.api_key and who) or None


def _detail_for(request: ApiRequest, row: ChangeSetRow) -> str | None:
    is_hidden = row.way in NAMED_BY_PEOPLE and request.api_key is None
    return None if is_hidden else row.detail or None


def _time(time: datetime) -> str:
    """Return a time as items have it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def written(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False)
