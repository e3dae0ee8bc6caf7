"""Which language a reader gets: of the cookie, else of Accept-Language, else English.

Django's LocaleMiddleware sets it for pages; errors can come from outside of it.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request
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
