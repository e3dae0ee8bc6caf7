"""The user's language: from the cookie, else from Accept-Language, else English.

Django's LocaleMiddleware sets it for pages, but errors can come from outside of it.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request
from django.views.i18n import set_language

from items.http.negotiation import wants_json
from itemsite.preferences.admin import ADMIN
from itemsite.preferences.switch import origin, switch


@switch
def choose(request: HttpRequest) -> HttpResponse:
    """Save the choice and redirect to the page with the form; Django only knows the Host header."""
    response = set_language(request)
    if "Location" in response:
        response["Location"] = origin(request)
    return response


def language_of(request: HttpRequest) -> str:
    """Return the user's language; scripts always get English.

    The admin has no JSON door: a request there that accepts anything is from its JavaScript.
    """
    if wants_json(request) and not request.path_info.startswith(ADMIN):
        return settings.LANGUAGE_CODE
    return get_language_from_request(request)
