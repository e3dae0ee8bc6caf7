"""HTML or JSON: decided once, by the body's type and Accept."""

from functools import lru_cache

from django.http import HttpRequest

HTML, JSON = "text/html", "application/json"


def preferred_type(request: HttpRequest) -> str | None:
    """Return HTML or JSON, or None where Accept excludes both.

    A browser names text/html; a body of JSON is a script's, whatever Accept says.
    """
    if request.content_type == JSON:
        return JSON
    return _preferred_type(request.META.get("HTTP_ACCEPT", "*/*"))


@lru_cache(256)  # browsers send few different ones, and reading one takes long
def _preferred_type(accept: str) -> str | None:
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    return request.get_preferred_type([JSON, HTML])


def wants_json(request: HttpRequest) -> bool:
    return preferred_type(request) != HTML
