"""Requests that do not say which site they are for."""

from collections.abc import Callable


def require_host(application: Callable) -> Callable:
    """Wrap a WSGI application: HTTP/1.1 without Host is refused (RFC 9112, section 3.2).

    The name becomes an empty one, which is never allowed; Django would take the server's own.
    """

    def wrapped(environ: dict, start_response: Callable):
        if environ["SERVER_PROTOCOL"] == "HTTP/1.1":
            environ.setdefault("HTTP_HOST", "")
        return application(environ, start_response)

    return wrapped
