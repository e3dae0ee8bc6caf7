"""/metrics for Prometheus: the sums of all workers, at the setting METRICS_TOKEN.

prometheus_client keeps the numbers of each worker in a file of a folder, whose name it reads from
PROMETHEUS_MULTIPROC_DIR when it is imported: gunicorn.conf.py sets it for all workers.
"""

from hmac import compare_digest

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from itemsite.operations.statements import Statements

PATH = "/metrics"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "itemsite_requests", "Requests answered", ["method", "route", "status"], registry=None
)
DURATION = Histogram(
    "itemsite_request_seconds", "Time to the answer", ["route"], buckets=SECONDS, registry=None
)
SQL = Counter("itemsite_sql_seconds", "Time in PostgreSQL", ["route"], registry=None)
POOL = Gauge(
    "itemsite_pool",
    "Connections of the pool, those that are free, and requests that wait for one",
    ["state"],
    registry=None,
    multiprocess_mode="livesum",
)
POOL_STATES = {"size": "pool_size", "free": "pool_available", "waiting": "requests_waiting"}


def count(
    request: HttpRequest, response: HttpResponseBase, seconds: float, statements: Statements
) -> None:
    route = request.resolver_match.route if request.resolver_match else "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    DURATION.labels(route).observe(seconds)
    SQL.labels(route).inc(statements.seconds)
    pool = getattr(connection, "pool", None)  # only Django's backend for PostgreSQL has one
    stats = pool.get_stats() if pool else {}
    for state, name in POOL_STATES.items():
        POOL.labels(state).set(stats.get(name, 0))


def show(request: HttpRequest) -> HttpResponse:
    """Answer /metrics, to whoever sends the token."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not compare_digest(request.META.get("HTTP_AUTHORIZATION", "").encode(), expected):
        told = "Send Authorization: Bearer with the value of METRICS_TOKEN.\n"
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(told, "text/plain; charset=utf-8", status=401, headers=headers)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), CONTENT_TYPE_LATEST)
