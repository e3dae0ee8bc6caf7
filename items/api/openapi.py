"""The JSON endpoint in OpenAPI 3.1, made of the constants that the code obeys."""

from collections.abc import Collection
from typing import Any

from items.access.idempotency import KEPT_HOURS, KEY
from items.api import schemas
from items.api.parsing import ARRAY_MAX
from items.api.views import PERMISSIONS
from items.search.selection import LIMIT_DEFAULT, LIMIT_MAX
from items.search.sorting import ORDERS
from items.search.words import WORDS_MAX_LENGTH

Json = dict[str, Any]

DESCRIPTION = """\
Items, at the addresses that people use as well: who prefers text/html in Accept gets pages there.
OPTIONS is answered with 204, every method that is not named here with 405, both with Allow."""


def document(site: str, visitors_may: Collection[str]) -> Json:
    """Return the description of the endpoint at `site`, a URL without a path."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "itemsite", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": site}],
        "paths": {
            "/items/": _with_security(LIST_OPERATIONS, visitors_may),
            "/items/{id}/": {"parameters": [ID]} | _with_security(ITEM_OPERATIONS, visitors_may),
        },
        "components": {
            "schemas": schemas.COMPONENTS,
            "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _with_security(operations: Json, visitors_may: Collection[str]) -> Json:
    """Add to each operation whether it needs a key; what visitors may do does not."""
    open_to_all = {f"items.{action}_item" for action in visitors_may}
    return {
        method: operation
        | {"security": [{}] * (PERMISSIONS[method.upper()] in open_to_all) + [{"key": []}]}
        for method, operation in operations.items()
    }


# Parameters and headers


def _parameter(place: str, name: str, description: str, schema: Json) -> Json:
    return {"in": place, "name": name, "description": description, "schema": schema}


def _header(description: str, schema: Json, *, required: bool = False) -> Json:
    return {"description": description, "schema": schema, "required": required}


ID = _parameter("path", "id", "The item's number.", schemas.ID) | {"required": True}
LIMIT: Json = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}
WORDS: Json = {"type": "string", "maxLength": WORDS_MAX_LENGTH, "pattern": schemas.NO_NULL}
LIST_PARAMETERS = [
    _parameter("query", "limit", "How many items at most.", LIMIT),
    _parameter("query", "after", "Out of Link: the next page.", schemas.TEXT),
    _parameter("query", "before", "Out of Link: the previous page; not with after.", schemas.TEXT),
    _parameter("query", "sort", "The order: best with q, else newest.", {"enum": list(ORDERS)}),
    _parameter("query", "q", "Words that must occur, case and accents aside.", WORDS),
    _parameter("header", "Prefer", "count=exact asks for X-Total-Count.", schemas.TEXT),
]
IDEMPOTENCY_KEY = _parameter(
    "header",
    "Idempotency-Key",
    f"Makes a retry safe: with the same body it gets the same answer, for {KEPT_HOURS} hours.",
    {"type": "string", "pattern": f"^({KEY.pattern})$"},
)
IF_MATCH = _parameter("header", "If-Match", "Change what has this ETag only.", schemas.TEXT)
IF_NONE_MATCH = _parameter("header", "If-None-Match", "Spare me this version.", schemas.TEXT)

REQUEST_ID = {"X-Request-Id": _header("Names it in the log.", schemas.TEXT, required=True)}
ETAG = {"ETag": _header("The item's version.", schemas.ETAG, required=True)}
RETRY_AFTER = {"Retry-After": _header("Seconds.", {"type": "integer", "minimum": 1})}
PAGE_HEADERS = {
    "Link": _header('The pages around this one: rel="next" and rel="prev".', schemas.TEXT),
    "X-Total-Count": _header("How many match.", {"type": "integer", "minimum": 0}),
    "Preference-Applied": _header("What of Prefer was done.", {"const": "count=exact"}),
}
MADE_HEADERS = {
    "Location": _header(
        "Of one new item: its address.", {"type": "string", "pattern": "^/items/[1-9][0-9]*/$"}
    ),
    "ETag": _header("Of one new item: its version.", schemas.ETAG),
    "Idempotency-Replayed": _header("This answer came before.", {"const": "true"}),
}


# Answers


def _answer(description: str, headers: Json, schema: Json | None = None) -> Json:
    answer = {"description": description, "headers": headers | REQUEST_ID}
    if schema:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _item(description: str) -> Json:
    return _answer(description, ETAG, schemas.ITEM) | {"links": ITEM_LINKS}


def _link(operation_id: str, condition: str) -> Json:
    parameters = {"id": "$response.body#/id", condition: "$response.header.ETag"}
    return {"operationId": operation_id, "parameters": parameters}


ITEM_LINKS = {
    "read": _link("read_item", "If-None-Match"),
    "replace": _link("replace_item", "If-Match"),
    "change": _link("change_item", "If-Match"),
    "delete": _link("delete_item", "If-Match"),
}

CHALLENGE = {"WWW-Authenticate": _header("Bearer.", schemas.TEXT, required=True)}
PROBLEMS: dict[int, tuple[str, Json]] = {
    400: ("The request is malformed: its host, a header, a parameter or the JSON.", {}),
    401: ("This needs a key, or came with a wrong one.", CHALLENGE),
    403: ("The key may not do this, or a page of another site asks.", {}),
    404: ("There is no such item.", {}),
    406: ("Accept allows neither application/json nor text/html.", {}),
    408: ("The body took too long to come.", {}),
    409: ("The first request with this Idempotency-Key is under way.", RETRY_AFTER),
    411: ("The body comes without Content-Length.", {}),
    412: ("If-Match names another version.", ETAG),
    413: ("The body is too large.", {}),
    415: ("The body is no application/json in UTF-8.", {}),
    422: ("Fields are wrong, or the Idempotency-Key came before with another body.", {}),
    429: ("Too many wrong keys, or too many changes without one.", RETRY_AFTER),
    500: ("The fault is the server's.", {}),
    503: ("The database is away. A change may have been saved all the same.", RETRY_AFTER),
}
ALWAYS = (400, 401, 403, 406, 429, 500, 503)
WITH_BODY = (*ALWAYS, 408, 411, 413, 415, 422)


def _problem(status: int) -> Json:
    content = {"application/problem+json": {"schema": schemas.PROBLEM}}
    return _answer(*PROBLEMS[status]) | {"content": content}


def _problems(*statuses: int) -> Json:
    return {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted(statuses)
    }


# Operations


def _body(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _head(operation: Json, operation_id: str) -> Json:
    """Return the HEAD of a GET: its answers without their bodies."""
    responses = {
        status: _answer(*PROBLEMS[int(status)])
        if "$ref" in answer
        else _answer(answer["description"], answer["headers"])
        for status, answer in operation["responses"].items()
    }
    return operation | {"operationId": operation_id, "responses": responses}


LIST: Json = {
    "operationId": "list_items",
    "summary": "Items, a page at a time",
    "parameters": LIST_PARAMETERS,
    "responses": {"200": _answer("A page of items.", PAGE_HEADERS, schemas.ITEMS)}
    | _problems(*ALWAYS),
}
CREATE: Json = {
    "operationId": "create_items",
    "summary": f"Add one item, or 1 to {ARRAY_MAX:,} of which all are added or none",
    "parameters": [IDEMPOTENCY_KEY],
    "requestBody": _body({"anyOf": [schemas.ITEM_FIELDS, schemas.ITEMS_FIELDS]}),
    "responses": {
        "201": _answer(
            "The new item, or the new items in the order of the request.",
            MADE_HEADERS,
            {"anyOf": [schemas.ITEM, schemas.ITEMS]},
        )
    }
    | _problems(*WITH_BODY, 409),
}
READ: Json = {
    "operationId": "read_item",
    "summary": "One item",
    "parameters": [IF_NONE_MATCH],
    "responses": {"200": _item("The item."), "304": _answer("It is that version still.", ETAG)}
    | _problems(*ALWAYS, 404),
}
DELETE: Json = {
    "operationId": "delete_item",
    "summary": "Delete an item",
    "parameters": [IF_MATCH],
    "responses": {"204": _answer("It is gone.", {})} | _problems(*ALWAYS, 404, 412),
}


def _write(operation_id: str, summary: str, schema: Json) -> Json:
    return {
        "operationId": operation_id,
        "summary": summary,
        "parameters": [IF_MATCH],
        "requestBody": _body(schema),
        "responses": {"200": _item("The item as it is now.")} | _problems(*WITH_BODY, 404, 412),
    }


LIST_OPERATIONS: Json = {"get": LIST, "head": _head(LIST, "head_items"), "post": CREATE}
ITEM_OPERATIONS: Json = {
    "get": READ,
    "head": _head(READ, "head_item"),
    "put": _write("replace_item", "Write all fields; one left out is emptied", schemas.ITEM_FIELDS),
    "patch": _write("change_item", "Write the fields that are sent", schemas.ITEM_CHANGES),
    "delete": DELETE,
}
