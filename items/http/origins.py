"""Where a request comes from, for addresses that must know it before the body is read."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from items.http.problems import Problem


def refuse_foreign_origin(request: HttpRequest) -> None:
    """Raise Problem 403 for a form of another site, which can send any body that is not JSON."""
    origin = request.META.get("HTTP_ORIGIN")
    ours = (f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
    if origin is not None and origin not in ours:
        raise Problem(403, gettext_lazy("A page of another site cannot change anything here."))
