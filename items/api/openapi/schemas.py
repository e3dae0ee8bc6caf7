"""JSON Schemas (2020-12) of items, problems and the history, with the rules of form and table."""

from collections.abc import Collection
from typing import Any

from items.api.change_json import KINDS
from items.api.parsing import ARRAY_MAX
from items.changes.undo import KEPT_SHOWN
from items.models.change import WAY_LABELS
from items.models.item import JSON_KEYS, OPTIONAL, TRIMMED, WRITABLE, max_length
from items.models.rules import CONTROL, NAME_VISIBLE, SPACE
from items.search.selection import LIMIT_MAX
from items.search.sorting import BIGINT_MAX
from items.spreadsheets.staging.report import ROWS_MAX
from items.spreadsheets.staging.rows import STATUSES

Schema = dict[str, Any]

NO_NULL = r"^[^\u0000]*$"
# Spaces around a text of one line are accepted, but not saved.
EDGE, INSIDE = rf"[^\u0000{CONTROL}{SPACE}]", rf"[^\u0000{CONTROL}]"


def _text(field: str, *, is_written: bool) -> Schema:
    """Return the schema of a field: for writing as the form accepts it, or for reading."""
    can_be_null = is_written and field in OPTIONAL
    schema: Schema = {"type": ["string", "null"] if can_be_null else "string"}
    if field not in TRIMMED:
        return schema | {"maxLength": max_length(field), "pattern": NO_NULL}
    line = f"{EDGE}({INSIDE}{{0,{max_length(field) - 2}}}{EDGE})?"
    line = f"({line})?" if field in OPTIONAL else line
    space = f"[{SPACE}]*" if is_written else ""
    schema["pattern"] = f"^{space}{line}{space}$"
    return schema if field in OPTIONAL else schema | {"allOf": [{"pattern": NAME_VISIBLE}]}


def _object(properties: Schema, required: Collection[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
ETAG: Schema = {"type": "string", "pattern": '^"[1-9][0-9]*"$'}
ID: Schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": BIGINT_MAX}
PLACE: Schema = {"type": "string", "pattern": "^[1-9][0-9]{0,17}-[1-9][0-9]{0,17}$"}
COUNT: Schema = {"type": "integer", "minimum": 0}
OR_NULL: Schema = {"type": ["string", "null"]}
WHO = OR_NULL  # null without a key, and if it was a visitor
KIND: Schema = {"enum": list(KINDS.values())}
IS_ERASED: Schema = {"is_erased": {"const": True}}
TIME: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$",
}

READ: Schema = {
    "id": ID,
    **{field: _text(field, is_written=False) for field in WRITABLE},
    "created_at": TIME,
    "updated_at": TIME,
}
WRITTEN: Schema = {field: _text(field, is_written=True) for field in WRITABLE}
REQUIRED = [field for field in WRITABLE if field not in OPTIONAL]
EXAMPLE = {"name": "Book", "description": "A cool book"}

# Problems

ERROR: Schema = {
    "type": {"type": "string", "format": "uri-reference"},
    "title": TEXT,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": TEXT,
    "request_id": TEXT,
    "errors": {"type": "array", "items": _reference("FieldError"), "minItems": 1},
}
ERROR_REQUIRED = ["type", "title", "status", "detail", "request_id"]
GONE_MEMBERS: Schema = {"deleted_at": TIME, "who": WHO, "undo": OR_NULL}

# The history

MADE: Schema = {"who": WHO, "way": {"enum": list(WAY_LABELS)}, "made_at": TIME}
CHANGED_ITEM = _object({"id": ID, "name": OR_NULL}, ["id", "name"]) | {"type": ["object", "null"]}
SET: Schema = {
    "id": ID,
    **MADE,
    "detail": OR_NULL,  # the name of the key or the file, the command, the program
    "undoes": ID | {"type": ["integer", "null"]},
    "undone_by": ID | {"type": ["integer", "null"]},
    **dict.fromkeys(("added", "changed", "deleted"), COUNT),
    "item": CHANGED_ITEM,  # the first
}
CHANGES: Schema = {"type": "array", "items": _reference("Change"), "maxItems": LIMIT_MAX}
CHANGE: Schema = {
    "item_id": ID,
    "version": ID,
    "kind": KIND,
    "fields": {"type": "array", "items": _reference("FieldChange"), "maxItems": len(WRITABLE)},
}
FIELD_CHANGE: Schema = {"field": {"enum": list(WRITABLE)}, "old": OR_NULL, "new": OR_NULL}
KEPT: Schema = {"item_id": ID, "name": OR_NULL, "change_set": ID, **MADE, "kind": KIND}
RESULT: Schema = {
    "change_set": ID | {"type": ["integer", "null"]},
    **dict.fromkeys(("removed", "changed", "restored", "already_back", "kept_count"), COUNT),
    "kept": {"type": "array", "items": _reference("Kept"), "maxItems": KEPT_SHOWN},
}
# Imports

OR_ID: Schema = {**ID, "type": ["integer", "null"]}
TEXTS_OR_NULL: Schema = dict.fromkeys(WRITABLE, OR_NULL)
ROW: Schema = {
    "line": ID,
    "status": {"enum": list(STATUSES)},
    **TEXTS_OR_NULL,
    **dict.fromkeys(("item", "twin_item", "twin_line"), OR_ID),
    "errors": {"type": "array", "items": _reference("RowError")},
}
ROW_ERROR: Schema = {"column": OR_NULL, "code": TEXT, "detail": TEXT}
IMPORTED = _object(dict.fromkeys(("new", "changed"), COUNT), ("new", "changed"))
REPORT: Schema = {
    "read": {"type": "object"},  # how the file was read: its encoding, separator, columns
    "says": {"type": "array", "items": TEXT},
    "counts": {"type": "object", "additionalProperties": COUNT},  # rows of each status
    "imported": IMPORTED | {"type": ["object", "null"]},
    "change_set": OR_ID,
    "rows": {"type": "array", "items": _reference("ImportRow"), "maxItems": ROWS_MAX},
    "rows_cut": {"type": "boolean"},  # there are more than these
}

SOME_ITEMS: Schema = {"type": "array", "items": ID, "minItems": 1, "maxItems": ARRAY_MAX}

COMPONENTS: Schema = {
    "Item": _object({key: READ[key] for key in JSON_KEYS}, JSON_KEYS),
    "ItemFields": _object(WRITTEN, REQUIRED) | {"examples": [EXAMPLE]},
    "ItemChanges": _object(WRITTEN, []) | {"examples": [{"description": "Lent to Ann"}]},
    "Problem": _object(ERROR, ERROR_REQUIRED),
    "Gone": _object(ERROR | GONE_MEMBERS, [*ERROR_REQUIRED, *GONE_MEMBERS]),
    "ChangeSet": _object(SET, SET),
    "ChangeSetRead": _object(SET | {"changes": CHANGES}, [*SET, "changes"]),
    "Change": _object(CHANGE, CHANGE),
    "FieldChange": _object(FIELD_CHANGE | IS_ERASED, FIELD_CHANGE),
    "Undo": _object({"items": SOME_ITEMS}, []) | {"examples": [{}]},
    "Undone": _object(RESULT, RESULT),
    "Kept": _object(KEPT | IS_ERASED, KEPT),
    "ImportReport": _object(REPORT, REPORT),
    "ImportRow": _object(ROW, ROW),
    "RowError": _object(ROW_ERROR, ROW_ERROR),
    "FieldError": _object(
        {"pointer": {"type": "string", "format": "json-pointer"}, "code": TEXT, "detail": TEXT},
        ["pointer", "code", "detail"],
    ),
}

ITEM = _reference("Item")
ITEMS: Schema = {"type": "array", "items": ITEM, "maxItems": LIMIT_MAX}
ITEM_FIELDS = _reference("ItemFields")
ITEM_CHANGES = _reference("ItemChanges")
ITEMS_FIELDS: Schema = {
    "type": "array",
    "items": ITEM_FIELDS,
    "minItems": 1,
    "maxItems": ARRAY_MAX,
}
CHANGE_SETS: Schema = {
    "type": "array",
    "items": _reference("ChangeSet"),
    "maxItems": LIMIT_MAX,
}
CHANGE_SET_READ = _reference("ChangeSetRead")
UNDO = _reference("Undo")
UNDONE = _reference("Undone")
IMPORT_REPORT = _reference("ImportReport")
PROBLEM = _reference("Problem")
GONE = _reference("Gone")
