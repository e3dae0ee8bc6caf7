"""An item and a problem in JSON Schema (2020-12), as the form and the table judge them."""

from collections.abc import Collection
from typing import Any

from items.api.parsing import ARRAY_MAX
from items.forms import ItemForm
from items.models.functions import JSON_KEYS
from items.models.rules import CONTROL, DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, NAME_VISIBLE, SPACE
from items.search.selection import LIMIT_MAX
from items.search.sorting import BIGINT_MAX

Schema = dict[str, Any]

# A name is kept without the space around it, but may come with it.
EDGE, INSIDE = rf"[^\u0000{CONTROL}{SPACE}]", rf"[^\u0000{CONTROL}]"
NAME = f"{EDGE}({INSIDE}{{0,{NAME_MAX_LENGTH - 2}}}{EDGE})?"
NO_NULL = r"^[^\u0000]*$"


def _name(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern, "allOf": [{"pattern": NAME_VISIBLE}]}


def _description(kind: str | list[str]) -> Schema:
    return {"type": kind, "maxLength": DESCRIPTION_MAX_LENGTH, "pattern": NO_NULL}


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
    "name": _name(f"^{NAME}$"),
    "description": _description("string"),
    "created_at": TIME,
    "updated_at": TIME,
}
WRITTEN: Schema = {
    "name": _name(f"^[{SPACE}]*{NAME}[{SPACE}]*$"),
    "description": _description(["string", "null"]),
}
FIELDS: Schema = {field: WRITTEN[field] for field in ItemForm.Meta.fields}
EXAMPLE = {"name": "Book", "description": "A cool book"}

COMPONENTS: Schema = {
    "Item": _object({key: READ[key] for key in JSON_KEYS}, JSON_KEYS),
    "ItemFields": _object(FIELDS, ["name"]) | {"examples": [EXAMPLE]},
    "ItemChanges": _object(FIELDS, []) | {"examples": [{"description": "Lent to Ann"}]},
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
