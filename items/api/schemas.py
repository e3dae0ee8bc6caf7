"""JSON Schemas (2020-12) of items and problems, with the rules of the form and the table."""

from collections.abc import Collection
from typing import Any

from items.api.parsing import ARRAY_MAX
from items.models.item import JSON_KEYS, OPTIONAL, TRIMMED, WRITABLE, max_length
from items.models.rules import CONTROL, NAME_VISIBLE, SPACE
from items.search.selection import LIMIT_MAX
from items.search.sorting import BIGINT_MAX

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

COMPONENTS: Schema = {
    "Item": _object({key: READ[key] for key in JSON_KEYS}, JSON_KEYS),
    "ItemFields": _object(WRITTEN, REQUIRED) | {"examples": [EXAMPLE]},
    "ItemChanges": _object(WRITTEN, []) | {"examples": [{"description": "Lent to Ann"}]},
    "Problem": _object(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "request_id": TEXT,
            "errors": {"type": "array", "items": _reference("FieldError"), "minItems": 1},
        },
        ["type", "title", "status", "detail", "request_id"],
    ),
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
PROBLEM = _reference("Problem")
