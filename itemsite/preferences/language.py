"""Which language a reader gets: of the cookie, else of Accept-Language, else English."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.i18n import set_language

from items.http.negotiation import wants_json
from itemsite.preferences.admin import ADMIN
from itemsite.preferences.switch import switch

choose = switch(set_language)  # leads back by the Referer, within the site


def language_of(request: HttpRequest) -> str:
    """Return the reader's language; scripts get English, which they may have learnt to expect.

    The admin has no side for scripts. What takes anything there is a page's own JavaScript.
    """
    if wants_json(request) and not request.path_info.startswith(ADMIN):
        return settings.LANGUAGE_CODE
    return get_language_from_request(request)


def speak(get_response: Callable) -> Callable:
    """Middleware: answer in the reader's language.

    Django's own leaves the language set behind it. Here requests of scripts, which
    pass by this middleware, come over the same connections.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware
