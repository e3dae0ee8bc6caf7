"""The parts of the OpenAPI description: headers, answers and problems."""

from collections.abc import Iterable
from typing import Any

from items.api.openapi import schemas
from items.http.negotiation import JSON

Json = dict[str, Any]

# Headers


def header(description: str, schema: Json, *, required: bool = False) -> Json:
    return {"description": description, "schema": schema, "required": required}


REQUEST_ID = {"X-Request-Id": header("The request's id in the log.", schemas.TEXT, required=True)}
ETAG = {"ETag": header("The item's version.", schemas.ETAG, required=True)}
RETRY_AFTER = {"Retry-After": header("Wait so many seconds.", {"type": "integer", "minimum": 1})}
LINK = {
    "Link": header(
        'The pages around this one: rel="next" and rel="prev", relative to this address.',
        schemas.TEXT,
    ),
}
PAGE_HEADERS = {
    **LINK,
    "X-Total-Count": header("How many items match.", {"type": "integer", "minimum": 0}),
    "X-Close-Matches": header(
        "How many items at the end only come close; without it, all match.",
        {"type": "integer", "minimum": 1},
    ),
    "Preference-Applied": header("The part of Prefer that was applied.", {"const": "count=exact"}),
}
MADE_HEADERS = {
    "Location": header(
        "The address, if one item was created.",
        {"type": "string", "pattern": "^/items/[1-9][0-9]*/$"},
    ),
    "ETag": header("The version, if one item was created.", schemas.ETAG),
    "Idempotency-Replayed": header("This is the first answer, sent again.", {"const": "true"}),
}


# Answers


def answer(description: str, headers: Json, schema: Json | None = None) -> Json:
    answer = {"description": description, "headers": headers | REQUEST_ID}
    if schema:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def item(description: str) -> Json:
    return answer(description, ETAG, schemas.ITEM) | {"links": ITEM_LINKS}


def link(operation_id: str, condition: str) -> Json:
    parameters = {"id": "$response.body#/id", condition: "$response.header.ETag"}
    return {"operationId": operation_id, "parameters": parameters}


ITEM_LINKS = {
    "read": link("read_item", "If-None-Match"),
    "replace": link("replace_item", "If-Match"),
    "change": link("change_item", "If-Match"),
    "delete": link("delete_item", "If-Match"),
}

CHALLENGE = {"WWW-Authenticate": header("Bearer.", schemas.TEXT, required=True)}
ACCEPTED = {
    name: header("What the body can be.", schemas.TEXT)
    for name in ("Accept", "Accept-Patch", "Accept-Encoding")
}
PROBLEMS: dict[int, tuple[str, Json]] = {
    400: ("The request is not valid: its host, a header, a parameter or the JSON.", {}),
    401: ("The key is missing or wrong.", CHALLENGE),
    403: ("The key does not have the permission, or a page of another site sent this.", {}),
    404: ("There is no such item or change set.", {}),
    406: ("Accept allows neither application/json nor text/html.", {}),
    408: ("The body did not arrive in time.", {}),
    409: (
        "The first request with this Idempotency-Key is still running, or an undo takes too long.",
        RETRY_AFTER,
    ),
    410: ("The item was deleted.", {}),
    411: ("Content-Length is missing.", {}),
    412: ("The item no longer has the ETag in If-Match.", ETAG),
    413: ("The body is too large.", {}),
    415: ("The body is not application/json in UTF-8, as it is or in gzip.", ACCEPTED),
    422: (
        "Fields are wrong, the Idempotency-Key was used with a different body, or more items match"
        " than a workbook can have.",
        {},
    ),
    429: ("Too many wrong keys, or too many changes without a key.", RETRY_AFTER),
    500: ("Something went wrong on the server.", {}),
    503: (
        "The database does not answer, and a change may have been saved; others are changing the"
        " same items, or many files are being downloaded.",
        RETRY_AFTER,
    ),
}
ALWAYS = (400, 401, 403, 406, 429, 500, 503)
WITH_BODY = (*ALWAYS, 408, 411, 413, 415, 422)


def problem(status: int) -> Json:
    schema = schemas.GONE if status == 410 else schemas.PROBLEM
    content = {"application/problem+json": {"schema": schema}}
    return answer(*PROBLEMS[status]) | {"content": content}


def problems(*statuses: int) -> Json:
    return {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted(statuses)
    }


# Operations


def body(schema: Json, types: Iterable[str] = (JSON,)) -> Json:
    return {"required": True, "content": {name: {"schema": schema} for name in types}}


def head(operation: Json, operation_id: str) -> Json:
    """Return the HEAD operation of a GET: the same answers without bodies."""
    responses = {
        status: answer(*PROBLEMS[int(status)])
        if "$ref" in told
        else answer(told["description"], told["headers"])
        for status, told in operation["responses"].items()
    }
    return operation | {"operationId": operation_id, "responses": responses}
