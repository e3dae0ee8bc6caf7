"""Plain HTTP, where people reach the site over TLS."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from itemsite import errors


def require_https(get_response: Callable) -> Callable:
    """Middleware: lead reading to https://, and refuse writing.

    Clients follow a redirected POST with GET: the write would be lost and look well.
    """
    if not settings.HTTPS:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.is_secure():
            return get_response(request)
        if request.method in ("GET", "HEAD"):
            address = f"https://{request.get_host()}{request.get_full_path()}"
            return HttpResponsePermanentRedirect(address)
        return errors.https_required(request)

    return middleware
