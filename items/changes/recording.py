"""Tell the database who changes items and through what; its triggers write the history.

Every door that writes items does so in `with recorded(author_of(request, "page")):`, or its view
has `@records("page")`. What is changed in that transaction is one change set. A change without it
is recorded too, as made through "database" by the role and the program that are connected.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NamedTuple

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

SETTING = "itemsite.change_set"  # as in the triggers, see items/migrations/0006_history.py
SET = f"set_config('{SETTING}', %s, true)"  # until the transaction ends; the value is Author.told()


class Author(NamedTuple):
    """Who changes items and through what, as the change set will show it."""

    way: str  # one of items.models.change.WAY_LABELS
    user_id: int = 0  # 0: no account
    who: str = ""  # the user's name; empty: a visitor
    detail: str = ""  # the name of the key or the file, the command

    def told(self, undoes_id: int | None = None) -> str:
        """Return the value of the setting. The triggers cut long texts."""
        about = {"way": self.way, "user": self.user_id, "undoes": undoes_id}
        return json.dumps(about | {"who": _clean(self.who), "detail": _clean(self.detail)})


def _clean(text: str) -> str:
    """Remove what PostgreSQL's JSON refuses: a file's name can contain half a character."""
    return text.replace("\0", "").encode(errors="replace").decode()


def author_of(request: HttpRequest, way: str, detail: str = "") -> Author:
    """Return who sent a request: the API key's user with a script, the signed-in user otherwise.

    The JSON endpoint sets request.api_key, and ignores the session.
    """
    if not hasattr(request, "api_key"):
        user = request.user
    elif request.api_key:
        user = request.api_key.user
        detail = detail or request.api_key.name
    else:
        return Author(way, detail=detail)
    return Author(way, user.pk or 0, user.get_username(), detail)


@contextmanager
def recorded(author: Author, undoes_id: int | None = None) -> Iterator[None]:
    """Run the block in a transaction, and record its changes as one change set of the author."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {SET}", [author.told(undoes_id)])
        yield


def records(way: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view run in recorded(), unless the method only reads."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def recording(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            with recorded(author_of(request, way)):
                return view(request, *args, **kwargs)

        return recording

    return decorate


def change_set_so_far() -> int | None:
    """Return the change set of the transaction, or None if it changed nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        (told,) = cursor.fetchone()
    return int(told) if told and told.isdecimal() else None
