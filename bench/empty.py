"""The floor of itemsite's design: an empty view behind its own middleware and gunicorn.

python -m gunicorn bench.empty
"""

from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from itemsite.wsgi import application

__all__ = ["application"]


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("[]\n", content_type="application/json")


get_resolver().url_patterns.insert(0, path("items/", empty))
