"""Which of the two doors a request came through, and errors for scripts (RFC 9457)."""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.translation import gettext

SHARED_ADDRESS = re.compile("/items/([0-9]+/)?")  # of pages and the JSON endpoint

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def number_requests(get_response: Callable) -> Callable:
    """Middleware, outermost: give each request an id, for its answer, its errors and the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id.set(secrets.token_hex(8))
        response = get_response(request)
        response["X-Request-Id"] = request_id.get()
        return response

    return middleware


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


class Problem(Exception):
    """Ends a request of a script with a problem+json answer.

    `errors` are what is wrong with single fields, each with `pointer` (RFC 6901,
    into the body), `code` for programs and `detail` for people.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers

    def response(self) -> HttpResponse:
        body = {
            "type": "about:blank",  # the title says no more than the status
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id.get(),
        }
        if self.errors:
            body["errors"] = self.errors
        return HttpResponse(
            json.dumps(body) + "\n",
            status=self.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **(self.headers or {})},
        )


def method_not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
    """Return the answer of a page's address, to people and scripts, that knows these methods."""
    allow = {"Allow": ", ".join(methods)}
    if wants_json(request):
        detail = f"{request.method} means nothing here. Scripts use /items/ and /items/ID/."
        return Problem(405, detail, headers=allow).response()
    context = {
        "title": gettext("Not in this way"),
        "detail": gettext("This address is for {methods}. Nothing was done.").format(
            methods=allow["Allow"]
        ),
    }
    return HttpResponse(render_to_string("error.html", context, request), status=405, headers=allow)
