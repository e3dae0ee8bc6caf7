"""The permission check and the write limit of every page."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from items.access import rate_limit
from items.http.methods import View, allow_methods
from items.http.negotiation import wants_json
from items.http.problems import Problem

NOT_YOURS = {
    "items.view_item": gettext_lazy(
        "Your account does not have permission to see items. Ask an administrator to put you into"
        " the group Readers or Editors."
    ),
    "items.add_item": gettext_lazy(
        "Your account does not have permission to add items. Ask an administrator to put you into"
        " the group Editors."
    ),
    "items.change_item": gettext_lazy(
        "Your account does not have permission to change items. Ask an administrator to put you"
        " into the group Editors."
    ),
    "items.delete_item": gettext_lazy(
        "Your account does not have permission to delete items. Ask an administrator to put you"
        " into the group Editors."
    ),
}
SIGNED_OUT = gettext_lazy(
    "You are not signed in any more. Your text is not saved yet, but it is still here."
)

NEXT_MAX = 1500  # bytes; in Location each % needs three, and proxies often have 4,096 for headers


def _one(request: HttpRequest, **kwargs: int) -> int:
    return 1


def page(
    *methods: str,
    permission: str,
    show_again: View | None = None,
    items_written: Callable[..., int] = _one,
) -> Callable[[View], View]:
    """Require a permission for a page; users without it can sign in.

    `show_again(request, why, status, **kwargs)` answers a form that is refused, so that the typed
    text is not lost. errors.py calls it too, if the CSRF check fails. `items_written` returns the
    number of items that a POST writes, for the limit of visitors.
    """

    def decorate(view: View) -> View:
        @allow_methods(*methods)
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: int) -> HttpResponse:
            shows_again = request.method == "POST" and not wants_json(request)
            is_known = request.user.is_authenticated
            if not request.user.has_perm(permission):
                if show_again and shows_again:
                    why = NOT_YOURS[permission] if is_known else SIGNED_OUT
                    return show_again(request, why, 403, **kwargs)
                return sign_in_or_refuse(request, NOT_YOURS[permission])
            if request.method == "POST" and not is_known:
                try:
                    rate_limit.check_visitors_write(request, items_written(request, **kwargs))
                except Problem as problem:
                    if not (show_again and shows_again):
                        raise
                    return _shown_again(show_again, request, problem, **kwargs)
            return view(request, **kwargs)

        guarded.show_again = show_again
        guarded.sign_in_to = permission  # the sign-in page says why somebody is there
        return guarded

    return decorate


def sign_in_or_refuse(request: HttpRequest, why: str | Promise) -> HttpResponse:
    """Send a visitor to the sign-in; raise PermissionDenied for an account without permission."""
    if request.user.is_authenticated:
        raise PermissionDenied(why)
    return redirect_to_login(_address(request))


def _address(request: HttpRequest) -> str:
    """Return where to go after the sign-in: the address, without its query if that is too long."""
    address = request.get_full_path()
    return address if len(address) <= NEXT_MAX else request.path


def _shown_again(
    show_again: View, request: HttpRequest, problem: Problem, **kwargs: int
) -> HttpResponse:
    notice = gettext("Nothing is saved yet. %(why)s") % {"why": problem.detail}
    response = show_again(request, notice, problem.status, **kwargs)
    for name, value in problem.headers.items():
        response[name] = value
    return response
