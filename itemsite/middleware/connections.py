"""The few connections to the database, and the many clients who take their time."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse


def give_back(get_response: Callable) -> Callable:
    """Middleware: give the connection back before the answer is sent.

    Django does it when the client has read all, which slow ones never do.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not connection.in_atomic_block:  # as in tests
            connection.close()
        return response

    return middleware
