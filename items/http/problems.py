"""Errors of requests: what is wrong, and what to do (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise

from items.http.request_id import request_id

SHOWN_LENGTH = 50  # characters of the client's text that an error repeats


class Problem(Exception):
    """Ends a request with an error; the site writes it as HTML or problem+json.

    `errors` lists the errors of single fields, each with `pointer` (RFC 6901, the place in the
    body), `code` for programs and `detail` for people. `members` are for scripts, beside these
    (RFC 9457, section 3.2).
    """

    def __init__(
        self,
        status: int,
        detail: str | Promise,
        *,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, str | None] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def problem_json(problem: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",  # the title is only that of the status
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem.detail),
        "request_id": request_id.get(),
        **problem.members,
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
    """Return the beginning of the client's text, to repeat it in an error."""
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
