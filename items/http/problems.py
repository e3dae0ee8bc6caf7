"""A request that cannot be served: why, and what to do instead (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.functional import Promise

from items.http.request_id import request_id

SHOWN_LENGTH = 50  # characters of a stranger's text that an error repeats


class Problem(Exception):
    """Ends a request with an error; the site writes it as HTML or problem+json.

    `errors` name what is wrong with single fields, each with `pointer` (RFC 6901,
    into the body), `code` for programs and `detail` for people.
    """

    def __init__(
        self,
        status: int,
        detail: str | Promise,
        *,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def problem_json(problem: Problem) -> HttpResponse:
    body = {
        "type": "about:blank",  # the title says no more than the status
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem.detail),
        "request_id": request_id.get(),
    }
    if problem.errors:
        body["errors"] = problem.errors
    return HttpResponse(
        json.dumps(body) + "\n",
        status=problem.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def shortened(text: str) -> str:
    """Return the beginning of a stranger's text, for an error that repeats it."""
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
