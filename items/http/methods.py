"""The HTTP methods of a view. RefusalMiddleware refuses all others, before the CSRF check."""

from collections.abc import Callable
from typing import Any

# Any, because decorators set attributes for the middleware on it: methods, doors, show_again.
View = Any


def allow_methods(*methods: str) -> Callable[[View], View]:
    """Set the methods of a view; GET includes HEAD."""

    def decorate(view: View) -> View:
        adds_head = "GET" in methods and "HEAD" not in methods
        view.methods = (*methods, "HEAD") if adds_head else methods
        return view

    return decorate
