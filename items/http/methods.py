"""Which HTTP methods a view takes; the site's middleware refuses the others before CSRF."""

from collections.abc import Callable
from typing import Any

# Any: decorators note on a view what the site's middleware asks for (methods, doors, show_again).
View = Any


def allow_methods(*methods: str) -> Callable[[View], View]:
    """Name the methods of a view; where GET is one, HEAD is another."""

    def decorate(view: View) -> View:
        adds_head = "GET" in methods and "HEAD" not in methods
        view.methods = (*methods, "HEAD") if adds_head else methods
        return view

    return decorate
