"""The OpenAPI 3.1 description of the JSON endpoint, built from the constants of the code."""

from collections.abc import Collection

from items.api.endpoint import PERMISSIONS
from items.api.openapi import schemas
from items.api.openapi.files import CONTENT, FILES
from items.api.openapi.parameters import (
    CHANGE_PARAMETERS,
    CHANGE_SET_ID,
    CHANGE_SET_PARAMETERS,
    DRY_RUN,
    ID,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    IMPORT_PARAMETERS,
    LIST_PARAMETERS,
)
from items.api.openapi.parts import (
    ALWAYS,
    ETAG,
    LINK,
    MADE_HEADERS,
    PAGE_HEADERS,
    PROBLEMS,
    WITH_BODY,
    Json,
    answer,
    body,
    head,
    item,
    problem,
    problems,
)
from items.api.parsing import ARRAY_MAX, PATCH_TYPES
from items.http.received_file import FILE_MAX

DESCRIPTION = """\
Items and their history as JSON. The web pages have the same addresses: with text/html in Accept
you get a page.
OPTIONS gets 204, a method that is not listed here gets 405. Both list the methods in Allow."""


def document(site: str, visitors_may: Collection[str]) -> Json:
    """Return the description of the endpoint at `site`, a URL without a path."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "itemsite", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": site}],
        "paths": {
            "/items/": _with_security(LIST_OPERATIONS, visitors_may),
            # Who may only add or only change items can import such rows.
            "/items/import/": {
                "post": _secured(
                    IMPORT,
                    is_open="view" in visitors_may and bool({"add", "change"} & set(visitors_may)),
                )
            },
            **{path: _with_security(file, visitors_may) for path, file in FILES.items()},
            "/items/{id}/": {"parameters": [ID]} | _with_security(ITEM_OPERATIONS, visitors_may),
            "/changes/": _with_security(CHANGE_SETS_OPERATIONS, visitors_may),
            "/changes/{id}/": {"parameters": [CHANGE_SET_ID]}
            | _with_security(CHANGE_SET_OPERATIONS, visitors_may),
            # What it needs depends on the change set, but it is always more than to view.
            "/changes/{id}/undo/": {
                "parameters": [CHANGE_SET_ID],
                "post": _secured(UNDO, is_open={"view"} < set(visitors_may)),
            },
        },
        "components": {
            "schemas": schemas.COMPONENTS,
            "responses": {f"Problem{status}": problem(status) for status in PROBLEMS},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _with_security(operations: Json, visitors_may: Collection[str]) -> Json:
    """Declare for each operation whether it needs a key, or is open to visitors."""
    open_to_all = {f"items.{action}_item" for action in visitors_may}
    return {
        method: _secured(operation, is_open=PERMISSIONS[method.upper()] in open_to_all)
        for method, operation in operations.items()
    }


def _secured(operation: Json, *, is_open: bool) -> Json:
    return operation | {"security": [{}] * is_open + [{"key": []}, {"header": []}]}


# Operations


LIST: Json = {
    "operationId": "list_items",
    "summary": "List items, page by page",
    "description": "With another type in Accept, the answer is the whole list as a file, and the"
    " parameters are those of /items.csv, /items.ndjson or /items.xlsx.",
    "parameters": LIST_PARAMETERS,
    "responses": {"200": answer("A page of items.", PAGE_HEADERS, schemas.ITEMS)}
    | problems(*ALWAYS),
}
CREATE: Json = {
    "operationId": "create_items",
    "summary": f"Add one item, or an array of 1 to {ARRAY_MAX:,}: all or none",
    "parameters": [IDEMPOTENCY_KEY],
    "requestBody": body({"anyOf": [schemas.ITEM_FIELDS, schemas.ITEMS_FIELDS]}),
    "responses": {
        "201": answer(
            "The new item, or the new items in the order of the request.",
            MADE_HEADERS,
            {"anyOf": [schemas.ITEM, schemas.ITEMS]},
        )
    }
    | problems(*WITH_BODY, 409),
}
IMPORT: Json = {
    "operationId": "import_items",
    "summary": f"Import a spreadsheet of up to {FILE_MAX:,} bytes",
    "description": "The body is the file: .xlsx, .xls, .ods, CSV, TSV, JSON or NDJSON, recognised"
    " by its content. Rows that are wrong, repeated, or close to an item are left out.",
    "parameters": IMPORT_PARAMETERS,
    "requestBody": body({"type": "string"}, ("text/csv", "application/octet-stream")),
    "responses": {"200": answer("What was done, or would be done.", {}, schemas.IMPORT_REPORT)}
    | problems(*WITH_BODY),
}
READ: Json = {
    "operationId": "read_item",
    "summary": "Read one item",
    "parameters": [IF_NONE_MATCH],
    "responses": {"200": item("The item."), "304": answer("The item has not changed.", ETAG)}
    | problems(*ALWAYS, 404, 410),
}
DELETE: Json = {
    "operationId": "delete_item",
    "summary": "Delete an item",
    "parameters": [IF_MATCH],
    "responses": {"204": answer("The item is deleted.", {})} | problems(*ALWAYS, 404, 410, 412),
}


def _write(operation_id: str, summary: str, body: Json) -> Json:
    return {
        "operationId": operation_id,
        "summary": summary,
        "parameters": [IF_MATCH],
        "requestBody": body,
        "responses": {"200": item("The item as it is now.")} | problems(*WITH_BODY, 404, 410, 412),
    }


LIST["responses"]["200"]["content"] |= CONTENT
LIST_OPERATIONS: Json = {"get": LIST, "head": head(LIST, "head_items"), "post": CREATE}
ITEM_OPERATIONS: Json = {
    "get": READ,
    "head": head(READ, "head_item"),
    "put": _write(
        "replace_item",
        "Replace all fields; one that you leave out becomes empty",
        body(schemas.ITEM_FIELDS),
    ),
    "patch": _write(
        "change_item", "Change the fields that you send", body(schemas.ITEM_CHANGES, PATCH_TYPES)
    ),
    "delete": DELETE,
}


# Operations of the history


CHANGE_SETS: Json = {
    "operationId": "list_change_sets",
    "summary": "List what happened, the newest first, page by page",
    "parameters": CHANGE_SET_PARAMETERS,
    "responses": {"200": answer("A page of change sets.", LINK, schemas.CHANGE_SETS)}
    | problems(*ALWAYS),
}
CHANGE_SET: Json = {
    "operationId": "read_change_set",
    "summary": "Read what a change set changed, by item, page by page",
    "parameters": CHANGE_PARAMETERS,
    "responses": {
        "200": answer("The change set and a page of changes.", LINK, schemas.CHANGE_SET_READ)
    }
    | problems(*ALWAYS, 404),
}
UNDO: Json = {
    "operationId": "undo_change_set",
    "summary": "Take back a change set, or what it did to some items",
    "description": "What somebody changed since is kept; kept lists the first ones. It needs the"
    " permission to view, and those of what it does: to take back an addition the one to delete,"
    " an edit to change, a deletion to add.",
    "parameters": [DRY_RUN],
    "requestBody": body(schemas.UNDO) | {"required": False},
    "responses": {"200": answer("What was done, and what was kept.", {}, schemas.UNDONE)}
    | problems(*WITH_BODY, 404, 409),
}

CHANGE_SETS_OPERATIONS: Json = {
    "get": CHANGE_SETS,
    "head": head(CHANGE_SETS, "head_change_sets"),
}
CHANGE_SET_OPERATIONS: Json = {
    "get": CHANGE_SET,
    "head": head(CHANGE_SET, "head_change_set"),
}
