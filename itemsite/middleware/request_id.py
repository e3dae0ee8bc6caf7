"""An id for each request."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from items.http.request_id import request_id


def set_request_id(get_response: Callable) -> Callable:
    """Middleware, outermost: give each request an id, for its answer, its errors and the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id.set(secrets.token_hex(8))
        response = get_response(request)
        response["X-Request-Id"] = request_id.get()
        return response

    return middleware
