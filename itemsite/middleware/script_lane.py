"""A shorter way for scripts."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from items.http.negotiation import wants_json

SHARED_ADDRESS = re.compile("/items/([0-9]+/)?")  # of pages and the JSON endpoint

_resolve = lru_cache(256)(resolve)  # the addresses of a process stay the same


def let_scripts_pass(get_response: Callable) -> Callable:
    """Middleware: take a script straight to the JSON endpoint.

    What follows is for people: sessions, accounts, messages, forms. The endpoint
    looks at none of it, and would be a fifth slower behind it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost
        if not (SHARED_ADDRESS.fullmatch(request.path_info) and wants_json(request)):
            return get_response(request)
        request.resolver_match = match = _resolve(request.path_info)
        response = match.func(request, **match.kwargs)
        if not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware
