"""The site's error pages, for people as HTML and for scripts as problem+json."""

import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    UnreadablePostError,
)
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, override

from items.database.faults import Fault, fault_of, is_plan_outdated, told
from items.database.sql import renew_connection
from items.http.negotiation import wants_json
from items.http.problems import Problem, problem_json
from items.http.request_id import request_id
from itemsite.preferences import theme
from itemsite.preferences.language import language_of
from itemsite.sent_form import SentForm, sent_form

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

RETRY_AFTER_SECONDS = 2
TOO_OLD = gettext_lazy(
    "This form has expired, or cookies are turned off. Nothing is saved yet, but your text is still"
    " here. Send it again."
)

ERROR_TITLES = {
    400: gettext_lazy("This link does not work"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    406: gettext_lazy("Not acceptable"),
    408: gettext_lazy("That took too long"),
    409: gettext_lazy("This could not be saved"),
    411: gettext_lazy("Length missing"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Unknown format"),
    422: gettext_lazy("This is not possible"),
    429: gettext_lazy("Too many attempts"),
    500: gettext_lazy("Something went wrong"),
    503: gettext_lazy("Not available right now"),
}

NO_QUERIES = (429, 503)  # the database must not work for a flood, or it does not answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail: str | Promise = gettext_lazy("The request is not valid. Check the address.")
    if isinstance(exception, DisallowedHost):
        detail = gettext_lazy("This host name is not allowed. Add it to ALLOWED_HOSTS.")
    elif isinstance(exception, BadRequest) and str(exception):
        detail = str(exception)
    return answer(request, Problem(400, detail))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = str(exception or "") or gettext_lazy("You do not have permission to do this.")
    return answer(request, Problem(403, detail))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form again with its text and a new token, unless another site sent it."""
    match = request.resolver_match
    show_again = getattr(match and match.func, "show_again", None)
    is_foreign = reason.startswith(("Origin", "Referer"))  # the first words of Django's reasons
    if show_again and not is_foreign and not wants_json(request):
        return show_again(request, TOO_OLD, 403, **(match.kwargs if match else {}))
    detail: str | Promise = gettext_lazy(
        "This form has expired, or cookies are turned off. Go back, reload the page and try again."
    )
    if wants_json(request):
        detail = "Forms need the token and the cookie of their page. Send JSON instead: see /docs/."
    return answer(request, Problem(403, detail))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    with_slash = f"{request.path_info}/"
    if not request.path_info.endswith("/") and is_valid_path(with_slash):
        if request.method in ("GET", "HEAD"):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        # Clients follow a redirected POST with GET: the change would be lost, but look successful.
        wanted = gettext_lazy("This page does not exist. Use this address: {address}")
        return answer(request, Problem(404, format_lazy(wanted, address=with_slash)))
    told = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    if not told and _is_below_a_path(request.path_info):
        below = gettext_lazy(
            "There is nothing at this address. If a proxy puts itemsite below a path: itemsite"
            " needs a host name of its own. See docs/deploy.md."
        )
        return answer(request, Problem(404, below))
    if not told and wants_json(request):
        told = "There is nothing at this address. See /docs/ for all addresses."
    detail = told or gettext_lazy("This page does not exist. Check the address.")
    return answer(request, Problem(404, detail))


def _is_below_a_path(path: str) -> bool:
    """Tell whether the site has this address without its first part, as in /list/items/."""
    rest = path[1:].partition("/")[2]
    return bool(rest and is_valid_path(f"/{rest}"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected error; temporary errors of the database get 503, others 500."""
    error = sys.exc_info()[1]
    if fault := fault_of(error):
        return _unavailable(request, error, fault)
    if isinstance(error, UnreadablePostError):
        return answer(request, Problem(400, gettext_lazy("The body is incomplete. Send it again.")))
    if isinstance(error, DataError):
        detail = gettext_lazy("The request contains a value that the database cannot store.")
        return answer(request, Problem(400, detail))
    if isinstance(error, IntegrityError):
        detail = gettext_lazy(
            "This is in conflict with other data. Nothing was saved. Check your values."
        )
        return answer(request, Problem(409, detail))
    return answer(
        request,
        Problem(500, gettext_lazy("This is our mistake, and it was logged. Try again later.")),
    )


def _unavailable(request: HttpRequest, error: BaseException | None, fault: Fault) -> HttpResponse:
    """Answer a temporary error of the database; a form comes again with its text."""
    if fault is Fault.READ_ONLY or (error and is_plan_outdated(error.__cause__)):
        renew_connection()
    if request.method in ("GET", "HEAD"):
        detail = told(fault, is_write=False)
    else:
        detail = _told_by_view(request, fault) or told(fault, is_write=True)
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    problem = Problem(503, detail, headers=retry)
    again = _form_again(request, problem, fault)
    return again or answer(request, problem, sent_form(request))


def _told_by_view(request: HttpRequest, fault: Fault) -> str | Promise:
    """Return the sentence of a view that saves nothing for the reader, such as the sign-in."""
    match = request.resolver_match
    told_by_view = getattr(match and match.func, "told", None)
    return told_by_view(fault) if told_by_view else ""


def _form_again(request: HttpRequest, problem: Problem, fault: Fault) -> HttpResponse | None:
    """Return the form that was sent, if it can be shown without the database."""
    match = request.resolver_match
    show_again = getattr(match and match.func, "show_again", None)
    if request.method != "POST" or show_again is None or wants_json(request):
        return None
    if fault in (Fault.UNREACHED, Fault.BROKEN) or not hasattr(request, "user"):
        request.user = _unknown_user()
    with override(language_of(request)):
        try:
            response = show_again(request, problem.detail, 503, **(match.kwargs if match else {}))
        except (DatabaseError, Problem):
            return None
    for name, value in problem.headers.items():
        response[name] = value
    return response


def _unknown_user() -> "AnonymousUser":
    """Return whoever sent a request while the database could not tell."""
    from django.contrib.auth.models import AnonymousUser  # logging loads this file before models

    user = AnonymousUser()
    user.is_unknown = True  # type: ignore[attr-defined]  # for templates/base.html
    return user


def answer(request: HttpRequest, problem: Problem, sent: SentForm | None = None) -> HttpResponse:
    """Write a problem as HTML or JSON, in the user's language; a page can have the form again.

    The language is set here, because the error can come from outside of LocaleMiddleware.
    """
    language = language_of(request)
    with override(language):
        response = problem_json(problem) if wants_json(request) else _page(request, problem, sent)
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


def _page(request: HttpRequest, problem: Problem, sent: SentForm | None) -> HttpResponse:
    """Write the error page.

    The template gets no request, so that it sends no query, except for the signed-in user.
    """
    address = request.get_full_path()
    context = {
        "list_name": settings.SITE_NAME,
        "status": problem.status,
        "title": ERROR_TITLES[problem.status],
        "detail": problem.detail,
        "here": address if request.method == "GET" else "",
        "is_posted": request.method == "POST",
        "sent": sent,
        "csrf_token": get_token(request) if sent is not None else None,
        "address": address,
        "request_id": request_id.get() if problem.status >= 500 else None,
        **theme.theme(request),
        **_reader(request, problem.status),
    }
    html = render_to_string("error.html", context)
    response = HttpResponse(html, status=problem.status, headers=problem.headers)
    patch_vary_headers(response, ["Cookie"])  # for the language and the theme
    return response


def _reader(request: HttpRequest, status: int) -> dict[str, Any]:
    """Return who reads the page, as context; nothing if that is unknown or may not take a query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return {"knows_reader": True}
    if not hasattr(request, "user") or status in NO_QUERIES:
        return {}
    try:
        is_known = request.user.is_authenticated  # the query
    except (DatabaseError, InterfaceError):
        return {}
    who = {"user": request.user, "csrf_token": get_token(request)} if is_known else {}
    return {"knows_reader": True, **who}
