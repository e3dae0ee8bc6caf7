"""The OpenAPI 3.1 description of the JSON endpoint, built from the constants of the code."""

from collections.abc import Collection, Iterable
from typing import Any

from items.access.idempotency import KEPT_HOURS, KEY
from items.api import schemas
from items.api.parsing import ARRAY_MAX, PATCH_TYPES
from items.api.views import PERMISSIONS
from items.http.negotiation import JSON
from items.search.selection import LIMIT_DEFAULT, LIMIT_MAX
from items.search.sorting import ORDERS
from items.search.words import WORDS_MAX_LENGTH

Json = dict[str, Any]

DESCRIPTION = """\
Items as JSON. The web pages have the same addresses: with text/html in Accept you get a page.
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
            "/items/{id}/": {"parameters": [ID]} | _with_security(ITEM_OPERATIONS, visitors_may),
        },
        "components": {
            "schemas": schemas.COMPONENTS,
            "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
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
        method: operation
        | {
            "security": [{}] * (PERMISSIONS[method.upper()] in open_to_all)
            + [{"key": []}, {"header": []}]
        }
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
    _parameter("query", "limit", "The maximum number of items.", LIMIT),
    _parameter("query", "after", "The next page: copy it from Link.", schemas.TEXT),
    _parameter(
        "query",
        "before",
        "The previous page: copy it from Link. Not together with after.",
        schemas.TEXT,
    ),
    _parameter(
        "query",
        "sort",
        "The order. Default: best with q, otherwise newest.",
        {"enum": list(ORDERS)},
    ),
    _parameter(
        "query", "q", "Words that the items must contain. Case and accents do not matter.", WORDS
    ),
    _parameter(
        "query", "q_base64", "q in base64url, as Link writes a long one. Not with q.", schemas.TEXT
    ),
    _parameter("header", "Prefer", "With count=exact the answer has X-Total-Count.", schemas.TEXT),
]
IDEMPOTENCY_KEY = _parameter(
    "header",
    "Idempotency-Key",
    f"Makes a retry safe: for {KEPT_HOURS} hours the same key and body get the same answer.",
    {"type": "string", "pattern": f"^({KEY.pattern})$"},
)
IF_MATCH = _parameter(
    "header", "If-Match", "Change the item only if it still has this ETag.", schemas.TEXT
)
IF_NONE_MATCH = _parameter(
    "header", "If-None-Match", "Send the item only if it no longer has this ETag.", schemas.TEXT
)

REQUEST_ID = {"X-Request-Id": _header("The request's id in the log.", schemas.TEXT, required=True)}
ETAG = {"ETag": _header("The item's version.", schemas.ETAG, required=True)}
RETRY_AFTER = {"Retry-After": _header("Wait so many seconds.", {"type": "integer", "minimum": 1})}
PAGE_HEADERS = {
    "Link": _header(
        'The pages around this one: rel="next" and rel="prev", relative to this address.',
        schemas.TEXT,
    ),
    "X-Total-Count": _header("How many items match.", {"type": "integer", "minimum": 0}),
    "Preference-Applied": _header("The part of Prefer that was applied.", {"const": "count=exact"}),
}
MADE_HEADERS = {
    "Location": _header(
        "The address, if one item was created.",
        {"type": "string", "pattern": "^/items/[1-9][0-9]*/$"},
    ),
    "ETag": _header("The version, if one item was created.", schemas.ETAG),
    "Idempotency-Replayed": _header("This is the first answer, sent again.", {"const": "true"}),
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
ACCEPTED = {
    name: _header("What the body can be.", schemas.TEXT)
    for name in ("Accept", "Accept-Patch", "Accept-Encoding")
}
PROBLEMS: dict[int, tuple[str, Json]] = {
    400: ("The request is not valid: its host, a header, a parameter or the JSON.", {}),
    401: ("The key is missing or wrong.", CHALLENGE),
    403: ("The key does not have the permission, or a page of another site sent this.", {}),
    404: ("There is no such item.", {}),
    406: ("Accept allows neither application/json nor text/html.", {}),
    408: ("The body did not arrive in time.", {}),
    409: ("The first request with this Idempotency-Key is still running.", RETRY_AFTER),
    411: ("Content-Length is missing.", {}),
    412: ("The item no longer has the ETag in If-Match.", ETAG),
    413: ("The body is too large.", {}),
    415: ("The body is not application/json in UTF-8, as it is or in gzip.", ACCEPTED),
    422: ("Fields are wrong, or the Idempotency-Key was used with a different body.", {}),
    429: ("Too many wrong keys, or too many changes without a key.", RETRY_AFTER),
    500: ("Something went wrong on the server.", {}),
    503: ("The database does not answer. A change may have been saved.", RETRY_AFTER),
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


def _body(schema: Json, types: Iterable[str] = (JSON,)) -> Json:
    return {"required": True, "content": {name: {"schema": schema} for name in types}}


def _head(operation: Json, operation_id: str) -> Json:
    """Return the HEAD operation of a GET: the same answers without bodies."""
    responses = {
        status: _answer(*PROBLEMS[int(status)])
        if "$ref" in answer
        else _answer(answer["description"], answer["headers"])
        for status, answer in operation["responses"].items()
    }
    return operation | {"operationId": operation_id, "responses": responses}


LIST: Json = {
    "operationId": "list_items",
    "summary": "List items, page by page",
    "parameters": LIST_PARAMETERS,
    "responses": {"200": _answer("A page of items.", PAGE_HEADERS, schemas.ITEMS)}
    | _problems(*ALWAYS),
}
CREATE: Json = {
    "operationId": "create_items",
    "summary": f"Add one item, or an array of 1 to {ARRAY_MAX:,}: all or none",
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
    "summary": "Read one item",
    "parameters": [IF_NONE_MATCH],
    "responses": {"200": _item("The item."), "304": _answer("The item has not changed.", ETAG)}
    | _problems(*ALWAYS, 404),
}
DELETE: Json = {
    "operationId": "delete_item",
    "summary": "Delete an item",
    "parameters": [IF_MATCH],
    "responses": {"204": _answer("The item is deleted.", {})} | _problems(*ALWAYS, 404, 412),
}


def _write(operation_id: str, summary: str, body: Json) -> Json:
    return {
        "operationId": operation_id,
        "summary": summary,
        "parameters": [IF_MATCH],
        "requestBody": body,
        "responses": {"200": _item("The item as it is now.")} | _problems(*WITH_BODY, 404, 412),
    }


LIST_OPERATIONS: Json = {"get": LIST, "head": _head(LIST, "head_items"), "post": CREATE}
ITEM_OPERATIONS: Json = {
    "get": READ,
    "head": _head(READ, "head_item"),
    "put": _write(
        "replace_item",
        "Replace all fields; one that you leave out becomes empty",
        _body(schemas.ITEM_FIELDS),
    ),
    "patch": _write(
        "change_item", "Change the fields that you send", _body(schemas.ITEM_CHANGES, PATCH_TYPES)
    ),
    "delete": DELETE,
}
