"""Slow clients must not occupy the few connections to the database."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from gevent import Timeout

from items.http.problems import Problem
from itemsite import errors
from itemsite.middleware.packed_bodies import too_large, unpack_body

BODY_SECONDS = 60  # for a whole body of at most 3 MB


def free_connection_while_waiting(get_response: Callable) -> Callable:
    """Middleware: use no connection to the database while a client sends or reads.

    The body is read before a view can use a connection. The connection is released before the
    answer is sent: Django releases it only after the client has read everything.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            _read_body(request)
            request = unpack_body(request)
        except Problem as problem:
            return errors.answer(request, problem)
        response = get_response(request)
        if not connection.in_atomic_block:  # only in tests
            connection.close()
        return response

    return middleware


def _read_body(request: HttpRequest) -> None:
    """Raise Problem 411 if the body is chunked, 413 if it is too large, 408 if it is too slow.

    Django would read a chunked body as empty.
    """
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise Problem(
            411, gettext_lazy("Content-Length is missing. Do not send the body in chunks.")
        )
    length = int(request.META.get("CONTENT_LENGTH") or "0")
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large()
    has_gevent = "gunicorn.socket" in request.META  # whose own reading has no timeout
    with Timeout(BODY_SECONDS if has_gevent else None, False):
        _ = request.body
        return
    detail = gettext_lazy("The body did not arrive in time. Nothing was saved. Send it again.")
    raise Problem(408, detail)
