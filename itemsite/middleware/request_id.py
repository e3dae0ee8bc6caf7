"""An id for each request."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from items.http.request_id import request_id


def set_request_id(get_response: Callable) -> Callable:
    """Middleware, outermost: set an id for the answer, the errors and the log of each request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id.set(secrets.token_hex(8))
        response = get_response(request)
        response["X-Request-Id"] = request_id.get()
        return response

    return middleware
