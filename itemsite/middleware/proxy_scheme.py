"""http or https, as a trusted proxy says."""

from collections.abc import Callable

from items.access.client_ip import is_trusted_proxy

# The first one that is sent decides.
HEADERS = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PROTOCOL", "HTTP_X_FORWARDED_SSL")
SECURE = ("https", "ssl", "on")


def read_proxy_scheme(application: Callable) -> Callable:
    """Wrap a WSGI application to set wsgi.url_scheme.

    gunicorn would do this, but only for the exact text "https": a second proxy that appends its own
    "http" would send browsers in circles.
    """

    def wrapped(environ: dict, start_response: Callable):
        sent = next(filter(None, (_first(environ.get(name, "")) for name in HEADERS)), None)
        if sent and is_trusted_proxy(environ["REMOTE_ADDR"]):
            environ["wsgi.url_scheme"] = "https" if sent in SECURE else "http"
        return application(environ, start_response)

    return wrapped


def _first(header: str) -> str:
    """Return the first value of a list: each proxy appends, so it is the browser's."""
    values = (value.strip(' \t"').lower() for value in header.split(","))
    return next(filter(None, values), "")
