"""Refuse requests before a view runs, and answer the Problems that views raise."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from items.http.negotiation import ALL_TYPES, HTML, door_for, preferred_type
from items.http.problems import Problem
from itemsite import errors

METHODS_DEFAULT = ("GET", "HEAD", "POST")  # of views that are not ours, as those of the admin
NOT_ACCEPTABLE = Problem(406, "The header Accept must allow application/json or text/html.")


class RefusalMiddleware(CsrfViewMiddleware):
    """Checks Accept and the method, then CSRF unless the request is for a script's door.

    The doors for scripts ignore the session and all other cookies, so there is nothing to forge.
    """

    def __call__(self, request: HttpRequest) -> Any:
        """Call a script's door at once: the middleware behind this is for pages, and takes time."""
        try:
            is_page = preferred_type(request, ALL_TYPES) == HTML
            match = None if is_page else resolve(request.path_info)
        except Resolver404:
            match = None
        doors = getattr(match.func, "doors", {}) if match else {}
        door = door_for(request, doors)
        if match is None or door is None or door is doors[HTML]:
            return super().__call__(request)
        request.resolver_match = match
        if request.method not in door.methods:
            return errors.answer(request, _method_not_allowed(door.methods))
        try:
            return door(request, **match.kwargs)
        except Problem as problem:
            return errors.answer(request, problem)

    def process_view(  # type: ignore[override]  # Django's only returns a 403
        self, request: HttpRequest, callback: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        doors = getattr(callback, "doors", None)
        view = door_for(request, doors) if doors else callback
        if view is None:
            return errors.answer(request, NOT_ACCEPTABLE)
        methods = getattr(view, "methods", METHODS_DEFAULT)
        if request.method not in methods:
            return errors.answer(request, _method_not_allowed(methods))
        return super().process_view(request, view, args, kwargs)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.answer(request, exception) if isinstance(exception, Problem) else None


def _method_not_allowed(methods: tuple[str, ...]) -> Problem:
    allowed = ", ".join(methods)
    detail = gettext_lazy(
        "This address only accepts {methods}. Nothing was changed. See /docs/ for all calls."
    )
    return Problem(405, format_lazy(detail, methods=allowed), headers={"Allow": allowed})
