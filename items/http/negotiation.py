"""HTML or JSON: which of the two doors a request came through."""

from functools import lru_cache

from django.http import HttpRequest


def preferred_type(request: HttpRequest) -> str | None:
    """Return application/json or text/html, or None where Accept excludes both.

    A browser names text/html; a body of JSON is a script's, whatever Accept says.
    """
    if request.content_type == "application/json":
        return "application/json"
    return _preferred_type(request.META.get("HTTP_ACCEPT", "*/*"))


@lru_cache(256)  # browsers send few different ones, and reading one takes long
def _preferred_type(accept: str) -> str | None:
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    return request.get_preferred_type(["application/json", "text/html"])


def wants_json(request: HttpRequest) -> bool:
    return preferred_type(request) != "text/html"
