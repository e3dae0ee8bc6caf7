"""Plain HTTP requests to a site that uses HTTPS."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.translation import gettext_lazy

from items.http.problems import Problem
from itemsite import errors


def require_https(get_response: Callable) -> Callable:
    """Middleware: redirect GET to https://, and refuse changes.

    SECURE_SSL_REDIRECT would redirect both, and clients follow a redirected POST with GET: the
    change would be lost, but look successful.
    """
    if not settings.HTTPS:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.is_secure():
            return get_response(request)
        if request.method in ("GET", "HEAD"):
            site = settings.SITE_URL or f"https://{request.get_host()}"
            return HttpResponsePermanentRedirect(site + request.get_full_path())
        detail = gettext_lazy(
            "Nothing was saved. This site needs https://. Send it again to that address."
        )
        return errors.answer(request, Problem(403, detail))

    return middleware
