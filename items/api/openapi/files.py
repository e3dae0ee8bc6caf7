"""The OpenAPI description of the list as a file."""

from items.api.openapi import schemas
from items.api.openapi.parameters import LIST_PARAMETERS, parameter
from items.api.openapi.parts import (
    ALWAYS,
    Json,
    answer,
    head,
    header,
    problems,
)
from items.http.negotiation import CSV, NDJSON, XLSX

FILE_PARAMETERS = [each for each in LIST_PARAMETERS if each["name"] in ("sort", "q", "q_base64")]
BOM = parameter(
    "query",
    "bom",
    "1: begin with a byte order mark, by which Excel knows UTF-8.",
    {"enum": ["0", "1"], "default": "0"},
)
NAMED = {"Content-Disposition": header("The name of the file.", schemas.TEXT, required=True)}
CONTENT: Json = {kind: {"schema": {"type": "string"}} for kind in (CSV, NDJSON, XLSX)}


def _file(name: str, kind: str, summary: str, statuses: tuple[int, ...] = ALWAYS) -> Json:
    download: Json = {
        "operationId": f"download_{name}",
        "summary": summary,
        "description": "The whole list in one piece. An answer that ends without its last chunk"
        " is not complete: ask again.",
        "parameters": [*FILE_PARAMETERS, BOM] if kind == CSV else FILE_PARAMETERS,
        "responses": {"200": answer("The file.", NAMED) | {"content": {kind: CONTENT[kind]}}}
        | problems(*statuses),
    }
    return {"get": download, "head": head(download, f"head_{name}")}


FILES: dict[str, Json] = {
    "/items.csv": _file(
        "csv", CSV, "Download all items as CSV: ids and texts, which import_items reads"
    ),
    "/items.ndjson": _file("ndjson", NDJSON, "Download all items as JSON, one in each line"),
    "/items.xlsx": _file("xlsx", XLSX, "Download all items as a workbook", (*ALWAYS, 422)),
}
