"""What is refused before a view runs, and what a view refuses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from items.http.methods import check_method
from items.http.problems import Problem
from items.http.two_doors import chosen_view
from itemsite import errors


class RefusalMiddleware(CsrfViewMiddleware):
    """Checks the method first, then CSRF unless the request is for a script's door.

    Such a door never looks at the session or any other cookie, so there is nothing to forge.
    """

    def process_view(
        self, request: HttpRequest, callback: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        try:
            view = chosen_view(request, callback)
            check_method(request, view)
        except Problem as problem:
            return errors.answer(request, problem)
        return super().process_view(request, view, args, kwargs)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.answer(request, exception) if isinstance(exception, Problem) else None
