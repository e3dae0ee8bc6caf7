"""The theme of the pages: system, light or dark. The choice is saved in a cookie.

The server writes it into the page, so that the other theme never flashes up first.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from items.http.problems import Problem
from itemsite.preferences.switch import origin, switch

SYSTEM = "system"
THEMES = (SYSTEM, "light", "dark")
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600


@switch
def choose(request: HttpRequest) -> HttpResponse:
    """Save the choice and redirect to the page with the form."""
    choice = request.POST.get("theme")
    if choice not in THEMES:
        raise Problem(400, gettext("This theme does not exist. Choose system, light or dark."))
    response = HttpResponseRedirect(origin(request))
    if choice == SYSTEM:
        response.delete_cookie(settings.THEME_COOKIE_NAME)
    else:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            choice,
            COOKIE_MAX_AGE_SECONDS,
            secure=settings.HTTPS,
            samesite="Lax",
        )
    return response


def theme(request: HttpRequest) -> dict[str, str]:
    """Return the theme, as context of every page."""
    chosen = request.COOKIES.get(settings.THEME_COOKIE_NAME)
    return {"theme": chosen if chosen in THEMES else SYSTEM}
