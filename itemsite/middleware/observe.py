"""What each request took: for the log, for /metrics, and slow statements. Off unless set."""

import os
import tempfile
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse

from itemsite.operations import request_log
from itemsite.operations.statements import Statements


def observe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware, around all others but the one that sets the id."""
    tellers = _tellers()
    if not tellers and not settings.SLOW_QUERY_MS:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.METRICS_TOKEN and request.path == "/metrics":
            return _metrics().show(request)
        statements, began = Statements(), time.perf_counter()
        with connection.execute_wrapper(statements):
            response = get_response(request)
        for tell in tellers:
            tell(request, response, time.perf_counter() - began, statements)
        return response

    return middleware


def _tellers() -> list[Callable]:
    tellers: list[Callable] = [request_log.write] if settings.REQUEST_LOG else []
    return [*tellers, _metrics().count] if settings.METRICS_TOKEN else tellers


def _metrics():
    """Import the metrics where they are wanted: they need a folder, and take memory."""
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.gettempdir())  # without gunicorn
    from itemsite.operations import metrics

    return metrics
