"""Parts of pages that depend on their arguments alone, rendered once for each."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings


def remember(count: int) -> Callable[[Callable], Callable]:
    """Keep as many results of a function; under DEBUG none, for who edits its template."""
    return _as_it_is if settings.DEBUG else lru_cache(count)


def _as_it_is(function: Callable) -> Callable:
    return function
