"""What Django and gunicorn let pass though HTTP forbids it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest


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


def require_strict_http(application: Callable) -> Callable:
    """Wrap a WSGI application: no body is cut short, HEAD has none, HTTP/1.1 has Host.

    A missing Host (RFC 9112, section 3.2) becomes an empty one, which is never allowed; Django
    would take the server's own name.
    """

    def wrapped(environ: dict, start_response: Callable):
        if environ["SERVER_PROTOCOL"] == "HTTP/1.1":
            environ.setdefault("HTTP_HOST", "")
        environ["wsgi.input"] = WholeInput(environ["wsgi.input"])
        response = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            return []
        return response

    return wrapped
