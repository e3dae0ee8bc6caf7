"""Which of the two doors a request came through, and errors for scripts (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse


def wants_json(request: HttpRequest) -> bool:
    """Tell a script from a browser, which names text/html in Accept."""
    if request.content_type == "application/json":
        return True
    return request.get_preferred_type(["application/json", "text/html"]) != "text/html"


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
        }
        if self.errors:
            body["errors"] = self.errors
        return HttpResponse(
            json.dumps(body) + "\n",
            status=self.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **(self.headers or {})},
        )
