"""The theme of the pages: the system's, light or dark. A choice is kept in a cookie.

The server writes it into the page, so nothing flashes in the other theme first.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from items.http.problems import Problem
from itemsite.preferences.switch import switch

SYSTEM = "system"
THEMES = (SYSTEM, "light", "dark")
COOKIE = "theme"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600


@switch
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choice and lead back to where it was made."""
    choice = request.POST.get("theme")
    if choice not in THEMES:
        raise Problem(400, gettext("This theme does not exist. Choose system, light or dark."))
    response = redirect(_origin(request))
    if choice == SYSTEM:
        response.delete_cookie(COOKIE)
    else:
        response.set_cookie(
            COOKIE, choice, COOKIE_MAX_AGE_SECONDS, secure=settings.HTTPS, samesite="Lax"
        )
    return response


def theme(request: HttpRequest) -> dict[str, str]:
    """Context of every page."""
    chosen = request.COOKIES.get(COOKIE)
    return {"theme": chosen if chosen in THEMES else SYSTEM}


def _origin(request: HttpRequest) -> str:
    """Return the page that the form was on; the site's Referrer-Policy has it named."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if is_ours else "/items/"
