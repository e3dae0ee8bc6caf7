"""/healthz: the process lives. /readyz: it can serve."""

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse

from items.models import Item


def answer_health(get_response: Callable) -> Callable:
    """Middleware, outermost: a probe names no host, signs nothing in and follows no redirect."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return _readiness()
        return get_response(request)

    return middleware


def _readiness() -> HttpResponse:
    try:
        Item.objects.exists()
    except (DatabaseError, InterfaceError) as error:
        reasons = [f"database: {type(error).__name__}"]  # the text may name hosts and users
        return JsonResponse({"status": "unavailable", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ok"})
