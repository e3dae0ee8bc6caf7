"""Probes: /healthz (the process is running) and /readyz (it can serve)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from itemsite import readiness


def answer_health(get_response: Callable) -> Callable:
    """Middleware, outermost: probes send no valid Host, do not sign in and follow no redirect."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return PROBES[request.path]()

    return middleware


def _liveness() -> HttpResponse:
    return JsonResponse({"status": "ok"})


def _readiness() -> HttpResponse:
    reasons = readiness.reasons()
    if reasons:
        return JsonResponse({"status": "unavailable", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ok"})


PROBES = {"/healthz": _liveness, "/readyz": _readiness}
