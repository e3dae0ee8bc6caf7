"""Content negotiation: HTML or JSON, by the type of the body and Accept."""

import re
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from items.http.methods import View

HTML, JSON, MERGE_PATCH = "text/html", "application/json", "application/merge-patch+json"
VARY = ("Accept", "Authorization", "X-API-Key")
# A parameter of a media type, but not its weight q: no client gets less because it sends more.
PARAMETER = re.compile(r';(?!\s*q=)[^;,="]*(?:=(?:"(?:[^"\\]|\\.)*"|[^;,"]*))?', re.IGNORECASE)


def preferred_type(request: HttpRequest) -> str | None:
    """Return HTML or JSON, or None if Accept excludes both.

    Browsers accept text/html. A JSON body comes from a script, whatever Accept says.
    """
    if request.content_type in (JSON, MERGE_PATCH):
        return JSON
    return _preferred_type(request.META.get("HTTP_ACCEPT", "*/*"))


@lru_cache(256)  # browsers send few different values, and parsing is slow
def _preferred_type(accept: str) -> str | None:
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = PARAMETER.sub("", accept).strip() or "*/*"
    return request.get_preferred_type([JSON, HTML])


def wants_json(request: HttpRequest) -> bool:
    return preferred_type(request) != HTML


def page_or_json(page: View, api: View) -> View:
    """Return a view with two doors: a page for people, JSON for scripts.

    RefusalMiddleware reads `doors`, calls the one for scripts itself, and answers 406 to clients
    that accept neither.
    """

    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        response = page(request, **kwargs)
        patch_vary_headers(response, VARY)
        return response

    decorated: View = view
    decorated.doors = {HTML: page, JSON: api}
    decorated.receives_file = getattr(api, "receives_file", False)
    return decorated
