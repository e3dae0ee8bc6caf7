"""One line of JSON for each request, for programs that read logs."""

import json
import logging
from datetime import UTC, datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from items.access.client_ip import client_address
from items.http.request_id import request_id
from itemsite.log_filter import without_token
from itemsite.operations.statements import Statements

log = logging.getLogger("itemsite.requests")


def write(
    request: HttpRequest, response: HttpResponseBase, seconds: float, statements: Statements
) -> None:
    """Log a request; the time of a streamed answer ends when it begins."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": request_id.get(),
        "method": request.method,
        "path": without_token(request.path),  # the query is the user's
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "sql_ms": round(statements.seconds * 1000, 1),
        "statements": statements.number,
        "who": _who(request),
        "ip": client_address(request),
    }
    log.info(json.dumps(line, ensure_ascii=False))


def _who(request: HttpRequest) -> str | None:
    """Return the account or the key, without a query for them: only if the answer needed it."""
    key = getattr(request, "api_key", None)
    if key:
        return f"key {key.name} of {key.user.get_username()}"
    user = getattr(request, "known_user", None)
    return user.get_username() or None if user else None
