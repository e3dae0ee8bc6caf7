"""Refuse what HTTP forbids but Django and gunicorn accept."""

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.utils.http import parse_header_parameters

# An encoding that Accept-Encoding excludes with a weight of zero (RFC 9110, section 12.5.3).
EXCLUDED = re.compile(r"[^,;]*;\s*q=0(?:\.0*)?\s*(?:,|$)", re.IGNORECASE)


class CompleteInput:
    """wsgi.input that raises BadRequest if the client disconnects before the end of the body.

    Django accepts an incomplete body, and would save half a text. It never reads more than
    Content-Length, so a shorter result means an incomplete body.
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


def require_strict_http(application: Callable) -> Callable:
    """Wrap a WSGI application: bodies are complete, HEAD has no body, HTTP/1.1 needs Host.

    A missing Host (RFC 9112, section 3.2) becomes an empty one, which is never allowed; Django
    would use the server's own name. A body in another charset than UTF-8 becomes unreadable bytes;
    Django would decode the query string with it too, and fail outside of every error handler.
    Encodings with q=0 are taken out of Accept-Encoding: Django and WhiteNoise only look for names.
    """

    def wrapped(environ: dict, start_response: Callable):
        if environ["SERVER_PROTOCOL"] == "HTTP/1.1":
            environ.setdefault("HTTP_HOST", "")
        if not _is_utf8(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = "application/octet-stream"
        if "q=0" in environ.get("HTTP_ACCEPT_ENCODING", "").lower():
            accepted = EXCLUDED.sub("", environ["HTTP_ACCEPT_ENCODING"])
            environ["HTTP_ACCEPT_ENCODING"] = accepted
        environ["wsgi.input"] = CompleteInput(environ["wsgi.input"])
        response = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            return []
        return response

    return wrapped


def _is_utf8(content_type: str) -> bool:
    if "charset" not in content_type.lower():
        return True
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    except ValueError:
        return False
    return charset.lower() in ("utf-8", "utf8")
