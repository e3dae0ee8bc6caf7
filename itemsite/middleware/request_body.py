"""Requests whose body is too large, of unknown length, cut short, or long in coming."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from gevent import Timeout

from itemsite import errors

BODY_SECONDS = 60  # for a whole body, which has three megabytes at most


class WholeInput:
    """wsgi.input that raises BadRequest when the client hung up before the body's end.

    Django takes a cut body for the whole one, and would save half a text. It
    never asks for more than Content-Length says, so less is a body cut short.
    """

    def __init__(self, stream) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        data = self.stream.read(size)
        if len(data) < size:
            raise BadRequest("The body is shorter than its Content-Length.")
        return data

    def readline(self, size: int) -> bytes:
        line = self.stream.readline(size)
        if not line and size:
            raise BadRequest("The body is shorter than its Content-Length.")
        return line


def require_whole_bodies(application: Callable) -> Callable:
    """Wrap a WSGI application: it reads through WholeInput and answers HEAD without a body."""

    def wrapped(environ: dict, start_response: Callable):
        environ["wsgi.input"] = WholeInput(environ["wsgi.input"])
        response = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            return []
        return response

    return wrapped


def receive_bodies(get_response: Callable) -> Callable:
    """Middleware: read the body at once; 411 if chunked, 413 if large, 408 if it never ends.

    At once: whoever is slow to send must hold no connection to the database meanwhile. Django
    would read a chunked body as empty.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return errors.length_required(request)
        length = int(request.META.get("CONTENT_LENGTH") or "0")
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return errors.content_too_large(request)
        if length and not _is_read_in_time(request):
            return errors.too_slow(request)
        return get_response(request)

    return middleware


def _is_read_in_time(request: HttpRequest) -> bool:
    """Read the body; under gunicorn, which itself would wait for ever, for BODY_SECONDS."""
    has_gevent = "gunicorn.socket" in request.META
    with Timeout(BODY_SECONDS if has_gevent else None, False):
        return request.body is not None
    return False
