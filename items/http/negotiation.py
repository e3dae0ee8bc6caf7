"""Content negotiation: HTML, JSON or a file, by the type of the body and Accept."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from items.http.methods import View

HTML, JSON, MERGE_PATCH = "text/html", "application/json", "application/merge-patch+json"
CSV, NDJSON = "text/csv", "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL_TYPES = (JSON, HTML, CSV, NDJSON, XLSX)
VARY = ("Accept", "Authorization", "X-API-Key")
# A parameter of a media type, but not its weight q: no client gets less because it sends more.
PARAMETER = re.compile(r';(?!\s*q=)[^;,="]*(?:=(?:"(?:[^"\\]|\\.)*"|[^;,"]*))?', re.IGNORECASE)


def preferred_type(request: HttpRequest, offered: Iterable[str] = (JSON, HTML)) -> str | None:
    """Return one of the types that an address offers, or None if Accept excludes them all.

    Browsers accept text/html. A JSON body comes from a script, whatever Accept says.
    """
    if request.content_type in (JSON, MERGE_PATCH):
        return JSON
    return _preferred_type(request.META.get("HTTP_ACCEPT", "*/*"), tuple(offered))


@lru_cache(256)  # browsers send few different values, and parsing is slow
def _preferred_type(accept: str, offered: tuple[str, ...]) -> str | None:
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = PARAMETER.sub("", accept).strip() or "*/*"
    return request.get_preferred_type(offered)


def wants_json(request: HttpRequest) -> bool:
    return preferred_type(request) != HTML


def page_or_json(page: View, api: View, files: Mapping[str | None, View] | None = None) -> View:
    """Return a view with two doors: a page for people, JSON for scripts.

    `files` are further doors for scripts, by type; the one of None is for whatever Accept says.
    RefusalMiddleware reads `doors`, calls those for scripts itself, and answers 406 to clients
    that accept no type.
    """

    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        response = page(request, **kwargs)
        patch_vary_headers(response, VARY)
        return response

    decorated: View = view
    decorated.doors = {JSON: api, HTML: page, **(files or {})}
    decorated.receives_file = getattr(api, "receives_file", False)
    decorated.show_again = getattr(page, "show_again", None)
    return decorated


def door_for(request: HttpRequest, doors: Mapping[str | None, View]) -> View | None:
    return doors.get(preferred_type(request, filter(None, doors)))
