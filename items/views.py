"""The pages that show items, and the guard of every page."""

from collections.abc import Callable
from functools import wraps
from sys import getsizeof

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from items.access import rate_limit
from items.api import curl
from items.database import snapshot_cache
from items.database.snapshot_cache import Made
from items.http.negotiation import wants_json
from items.http.problems import Problem, method_not_allowed
from items.listing import read_listing
from items.models import Item
from items.search.selection import Selection, read_wanted, top_url

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


@page("GET", permission="items.view_item")
def item_list(request: HttpRequest) -> HttpResponse:
    wanted = read_wanted(request.GET)
    typed = request.GET.get("q", "").strip()
    may_add = request.user.has_perm("items.add_item")
    may_delete = request.user.has_perm("items.delete_item")
    site = curl.site(request)
    shown_to = (typed, may_add, may_delete, site)
    depends_on = (wanted, *shown_to, get_language())
    found = snapshot_cache.kept(depends_on, lambda: _list_as_found(wanted, *shown_to))
    if found is None:  # the top, by a way that may not fill its page
        return redirect(top_url(wanted))
    context = {"words": " ".join(wanted.words), "found": found}
    return render(request, "items/item_list.html", context)


def _list_as_found(
    wanted: Selection, typed: str, may_add: bool, may_delete: bool, site: str
) -> Made:
    listing = read_listing(wanted, may_delete)
    if wanted.before and not listing.page.before:
        return Made(None)
    context = {
        "list": listing,
        "typed": typed,
        "may_add": may_add,
        "list_line": curl.list_line(site, wanted),
        "add_line": curl.add_line(site),
    }
    found = render_to_string("items/_list.html", context)
    return Made(found, None if listing.is_too_many else getsizeof(found))


@page("GET", permission="items.view_item")
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    item = Item.objects.get_or_404(pk)
    return render(request, "items/item_detail.html", {"item": item})
