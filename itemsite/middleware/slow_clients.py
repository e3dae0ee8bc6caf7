"""Slow clients must not occupy the few connections to the database."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path, resolve
from django.utils.translation import gettext_lazy
from gevent import Timeout

from items.http.problems import Problem
from items.http.received_file import FORM_MAX, check_length
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
            _check_not_chunked(request)
            if not _is_for_a_file(request):
                _read_body(request)
                request = unpack_body(request)
        except Problem as problem:
            return errors.answer(request, problem)
        response = get_response(request)
        if not connection.in_atomic_block:  # only in tests
            connection.close()
        return response

    return middleware


def _check_not_chunked(request: HttpRequest) -> None:
    """Raise Problem 411 if the body is chunked: Django would read it as empty."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise Problem(
            411, gettext_lazy("Content-Length is missing. Do not send the body in chunks.")
        )


def _is_for_a_file(request: HttpRequest) -> bool:
    """Tell whether a view will receive the body as a file; raise Problem 413 if it is too large."""
    if request.method != "POST" or not is_valid_path(request.path_info):
        return False
    view = resolve(request.path_info).func
    if not getattr(view, "receives_file", False):
        return False
    check_length(_length(request), FORM_MAX)
    return True


def _length(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or "0")


def _read_body(request: HttpRequest) -> None:
    """Raise Problem 413 if the body is too large, 408 if it is too slow."""
    if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large()
    has_gevent = "gunicorn.socket" in request.META  # whose own reading has no timeout
    with Timeout(BODY_SECONDS if has_gevent else None, False):
        _ = request.body
        return
    detail = gettext_lazy("The body did not arrive in time. Nothing was saved. Send it again.")
    raise Problem(408, detail)
