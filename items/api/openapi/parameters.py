"""The parameters of the OpenAPI description: in paths, queries and headers."""

from items.access.idempotency import KEPT_HOURS, KEY
from items.api.imports import CHOICES
from items.api.openapi import schemas
from items.api.openapi.parts import Json
from items.models.change import WAY_LABELS
from items.search.selection import LIMIT_DEFAULT, LIMIT_MAX
from items.search.sorting import ORDERS
from items.search.words import WORDS_MAX_LENGTH


def parameter(place: str, name: str, description: str, schema: Json) -> Json:
    return {"in": place, "name": name, "description": description, "schema": schema}


ID = parameter("path", "id", "The item's number.", schemas.ID) | {"required": True}
LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}
WORDS: Json = {"type": "string", "maxLength": WORDS_MAX_LENGTH, "pattern": schemas.NO_NULL}
LIST_PARAMETERS = [
    parameter("query", "limit", "The maximum number of items.", LIMIT),
    parameter("query", "after", "The next page: copy it from Link.", schemas.TEXT),
    parameter(
        "query",
        "before",
        "The previous page: copy it from Link. Not together with after.",
        schemas.TEXT,
    ),
    parameter(
        "query",
        "sort",
        "The order. Default: best with q, otherwise newest.",
        {"enum": list(ORDERS)},
    ),
    parameter(
        "query",
        "q",
        "Words that items must contain; those in quotes must follow each other.",
        WORDS,
    ),
    parameter(
        "query", "q_base64", "q in base64url, as Link writes a long one. Not with q.", schemas.TEXT
    ),
    parameter(
        "query",
        "close",
        "1: also items that come close, after the others, if little or nothing matches.",
        {"enum": ["0", "1"], "default": "0"},
    ),
    parameter("header", "Prefer", "With count=exact the answer has X-Total-Count.", schemas.TEXT),
]
IDEMPOTENCY_KEY = parameter(
    "header",
    "Idempotency-Key",
    f"Makes a retry safe: for {KEPT_HOURS} hours the same key and body get the same answer.",
    {"type": "string", "pattern": f"^({KEY.pattern})$"},
)
IF_MATCH = parameter(
    "header", "If-Match", "Change the item only if it still has this ETag.", schemas.TEXT
)
IF_NONE_MATCH = parameter(
    "header", "If-None-Match", "Send the item only if it no longer has this ETag.", schemas.TEXT
)
CHANGE_SET_ID = parameter("path", "id", "The number of the change set.", schemas.ID) | {
    "required": True
}
CHANGE_SET_PARAMETERS = [
    parameter("query", "limit", "The maximum number of change sets.", LIMIT),
    parameter("query", "after", "The next page: copy it from Link.", schemas.ID),
    parameter(
        "query",
        "before",
        "The previous page: copy it from Link. Not together with after.",
        schemas.ID,
    ),
    parameter("query", "way", "Through what they were made.", {"enum": list(WAY_LABELS)}),
    parameter(
        "query",
        "user",
        "The number of the account that made them; 0 for those without one. This needs a key.",
        schemas.ID | {"minimum": 0},
    ),
    parameter(
        "query",
        "day",
        "The day they were made, in UTC.",
        schemas.TEXT | {"format": "date"},
    ),
]
CHANGE_PARAMETERS = [
    parameter("query", "limit", "The maximum number of changes.", LIMIT),
    parameter("query", "after", "The next page: copy it from Link.", schemas.PLACE),
]
IMPORT_CHOICES_MEAN = {
    "dry_run": "1: only tell what would be done.",
    "other_columns": "Columns that the list does not have: refuse the file, keep them as lines of"
    " the description, or leave them out.",
    "header": "absent: the first line is a row too.",
    "close": "Rows that look like an item or an earlier row: leave them out, add them, or change"
    " that item.",
    "repeated": "Rows that say the same as an earlier one: leave them out, or add them.",
    "total": "The last line, if it looks like a sum of the others: add it, or leave it out.",
    "unknown_ids": "Rows whose id does not exist: leave them out, or read them without it.",
    "ids": "The column id: use it, leave it out, or guess whether it is that of this list.",
    "paste": "1: the body is cells that somebody copied.",
}
DRY_RUN = parameter(
    "query", "dry_run", "1: only tell what would be done.", {"enum": ["0", "1"], "default": "0"}
)

IMPORT_PARAMETERS = [
    parameter(
        "query",
        name,
        IMPORT_CHOICES_MEAN[name],
        {"enum": list(values), "default": values[0]},
    )
    for name, values in CHOICES.items()
]
