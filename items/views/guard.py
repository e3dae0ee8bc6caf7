"""The pages that show items, and the guard of every page."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from items.access import rate_limit
from items.http.negotiation import wants_json
from items.http.problems import Problem, method_not_allowed

NOT_YOURS = gettext_lazy("Your account may not do this. Ask an administrator.")
SIGNED_OUT = gettext_lazy(
    "You are not signed in, or no longer. Nothing is saved yet, and your text is here."
)

View = Callable[..., HttpResponse]


def _one(request: HttpRequest) -> int:
    return 1


def page(
    *methods: str,
    permission: str,
    show_again: View | None = None,
    items_written: Callable[[HttpRequest], int] = _one,
) -> Callable[[View], View]:
    """Guard a page: its methods first, then CSRF, then rights, of which strangers may sign in for.

    Django's middleware would look at CSRF first, and answer a wrong method with 403.
    Where people type, `show_again(request, why, status, **kwargs)` answers a form that is not
    let in, so that the text is not lost; for one that fails CSRF, the site's error page calls it.
    `items_written` tells how many items a POST counts for, where visitors are limited.
    """

    def decorate(view: View) -> View:
        @csrf_protect
        def protected(request: HttpRequest, **kwargs: int) -> HttpResponse:
            if request.user.has_perm(permission):
                if request.method == "POST" and not request.user.is_authenticated:
                    return _limited(view, request, show_again, items_written(request), **kwargs)
                return view(request, **kwargs)
            is_known = request.user.is_authenticated
            if show_again and request.method == "POST" and not wants_json(request):
                return show_again(request, NOT_YOURS if is_known else SIGNED_OUT, 403, **kwargs)
            if is_known:
                raise PermissionDenied(NOT_YOURS)
            return redirect_to_login(request.get_full_path())

        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: int) -> HttpResponse:
            if request.method not in (*methods, "HEAD"):
                return method_not_allowed(request, [*methods, "HEAD"])
            return protected(request, **kwargs)

        guarded.show_again = show_again
        return guarded

    return decorate


def _limited(
    view: View, request: HttpRequest, show_again: View | None, items: int, **kwargs: int
) -> HttpResponse:
    """Answer, unless a visitor writes too much."""
    try:
        rate_limit.check_visitors_write(request, items)
    except Problem as problem:
        if not show_again or wants_json(request):
            return _not_so_fast(request, problem)
        notice = gettext("Not so fast. %(why)s") % {"why": problem.detail}
        response = show_again(request, notice, problem.status, **kwargs)
        response["Retry-After"] = problem.headers["Retry-After"]
        return response
    return view(request, **kwargs)


def _not_so_fast(request: HttpRequest, problem: Problem) -> HttpResponse:
    if wants_json(request):
        return problem.response()
    context = {"title": gettext("Not so fast"), "detail": problem.detail}
    response = render(request, "error.html", context, status=problem.status)
    response["Retry-After"] = problem.headers["Retry-After"]
    return response
