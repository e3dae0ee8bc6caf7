"""Clients that take their time, and the few connections to the database."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from gevent import Timeout

from items.http.problems import Problem
from itemsite import errors

BODY_SECONDS = 60  # for a whole body, which has three megabytes at most


def free_connection_while_waiting(get_response: Callable) -> Callable:
    """Middleware: no client holds a connection to the database while it sends or reads.

    The body is read before a view can ask for a connection, and the connection is released before
    the answer is sent: Django does that when the client has read all, which slow ones never do.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            _read_body(request)
        except Problem as problem:
            return errors.answer(request, problem)
        response = get_response(request)
        if not connection.in_atomic_block:  # as in tests
            connection.close()
        return response

    return middleware


def _read_body(request: HttpRequest) -> None:
    """Raise Problem: 411 if the body is chunked, 413 if it is large, 408 if it never ends.

    Django would read a chunked body as empty.
    """
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise Problem(
            411, gettext_lazy("Content-Length is missing. Do not send the body in chunks.")
        )
    length = int(request.META.get("CONTENT_LENGTH") or "0")
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        limit = lazy(number_format, str)(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, force_grouping=True)
        detail = gettext_lazy("The body is larger than {limit} bytes. Send it in smaller parts.")
        raise Problem(413, format_lazy(detail, limit=limit))
    has_gevent = "gunicorn.socket" in request.META  # which itself would wait for ever
    with Timeout(BODY_SECONDS if has_gevent else None, False):
        _ = request.body
        return
    detail = gettext_lazy("The body did not arrive in time. Nothing was saved. Send it again.")
    raise Problem(408, detail)
