"""Which HTTP methods a view takes; the site's middleware refuses the others before CSRF."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from items.http.negotiation import wants_json
from items.http.problems import Problem

View = Callable[..., HttpResponse]


def allow_methods(*methods: str) -> Callable[[View], View]:
    """Name the methods of a view; whoever may GET may HEAD."""

    def decorate(view: View) -> View:
        adds_head = "GET" in methods and "HEAD" not in methods
        view.methods = (*methods, "HEAD") if adds_head else methods
        return view

    return decorate


def check_method(request: HttpRequest, view: View) -> None:
    """Raise Problem 405 if the view names its methods, and this is not one of them."""
    methods = getattr(view, "methods", None)
    if methods is None or request.method in methods:
        return
    allowed = ", ".join(methods)
    if wants_json(request):
        detail = f"{request.method} is not possible here. Use one of: {allowed}."
    else:
        detail = gettext("This address only accepts {methods}. Nothing was changed.")
        detail = detail.format(methods=allowed)
    raise Problem(405, detail, headers={"Allow": allowed})
