"""What every page says about the site itself."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from items.api import curl

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context of every page: the name, and whether the site is on one's own machine."""
    host = urlsplit(curl.site(request)).hostname
    return {"list_name": settings.SITE_NAME, "is_local": host in LOCAL_HOSTS}
