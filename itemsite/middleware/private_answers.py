"""Answers for one account stay out of caches, and leave the browser's at the sign-out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

PRIVATE = "private, no-cache"  # kept for this reader alone, and only shown after asking again
UNSET_OR_SHARED = ("", "no-cache")
KEYS = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY")


def keep_private(get_response: Callable) -> Callable:
    """Middleware, outside of the one for sessions: it sees the cookies that this one sets.

    Answers that say more themselves, such as no-store, keep that.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        name = settings.SESSION_COOKIE_NAME
        set_now = response.cookies.get(name)
        is_personal = name in request.COOKIES or set_now or any(key in request.META for key in KEYS)
        if is_personal and response.get("Cache-Control", "") in UNSET_OR_SHARED:
            response["Cache-Control"] = PRIVATE
        if set_now and set_now["max-age"] == 0:  # the session ended, here or in another browser
            response["Clear-Site-Data"] = '"cache"'
        return response

    return middleware
