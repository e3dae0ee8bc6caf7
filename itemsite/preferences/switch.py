"""The switches in the footer of every page: forms that save a choice in a cookie."""

from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from items.http.methods import View, allow_methods


def switch(choose: View) -> View:
    """Wrap a view that saves a choice: only POST, and not from another site.

    There is no CSRF token, because it would set a cookie on every page. Other sites could only
    change the looks, so checking Sec-Fetch-Site is enough.
    """

    @csrf_exempt
    @allow_methods("POST")
    @wraps(choose)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise PermissionDenied(gettext("This can only be changed on the site's own pages."))
        return choose(request)

    return guarded


def origin(request: HttpRequest) -> str:
    """Return the URL of the page with the form; SECURE_REFERRER_POLICY lets browsers send it."""
    page = request.headers.get("Referer", "")
    hosts = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
    is_ours = url_has_allowed_host_and_scheme(page, hosts, require_https=request.is_secure())
    return page if is_ours and "://" in page else "/items/"
