"""What the switches at the foot of every page share: forms that keep a choice in a cookie."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from items.http.methods import View, allow_methods


def switch(choose: View) -> View:
    """Guard a view that keeps a choice.

    The switches are on every page, and a CSRF token would cost each of them a cookie. Against a
    page of another site, which could do no more than change looks, the browser's word is enough.
    """

    @csrf_exempt
    @allow_methods("POST")
    @wraps(choose)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise PermissionDenied(gettext("This can only be changed on the site's own pages."))
        return choose(request)

    return guarded
