"""Errors for scripts: problem+json (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from items.http.negotiation import wants_json
from items.http.request_id import request_id

SHOWN_LENGTH = 50  # characters of a stranger's text that an error repeats


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


def shortened(text: str) -> str:
    """Return the beginning of a stranger's text, for an error that repeats it."""
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


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
