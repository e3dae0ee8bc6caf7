"""One address with two doors: a page for people, JSON for scripts."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from items.http.methods import View
from items.http.negotiation import HTML, preferred_type
from items.http.problems import Problem


def page_or_json(page: View, api: View) -> View:
    """Return a view that is `page` or `api`; scripts get English, whatever they accept."""

    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        chosen = choose(request)
        if chosen is page:
            response = page(request, **kwargs)
        else:
            with override("en"):
                response = api(request, **kwargs)
            response["Content-Language"] = "en"
        patch_vary_headers(response, ["Accept", "Authorization"])
        return response

    def choose(request: HttpRequest) -> View:
        preferred = preferred_type(request)
        if preferred is None:
            raise Problem(406, "Accept application/json or text/html.")
        return page if preferred == HTML else api

    view.choose = choose
    return view


def chosen_view(request: HttpRequest, view: View) -> View:
    """Return the view that will answer; raise Problem 406 if Accept excludes both doors."""
    choose: Callable[[HttpRequest], View] | None = getattr(view, "choose", None)
    return choose(request) if choose else view
