"""Tell who is signed in, also while the database is read-only.

Django renews a session that was made under an earlier SECRET_KEY, and deletes one that was made
under an earlier password. Reading must not fail because of that.
"""

from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangosMiddleware
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from items.database.faults import Fault, fault_of


class UnchangedSession(SessionStore):
    """A session that stays in the database as it is, under the same key."""

    key_salt = SessionStore().key_salt  # it has the name of the class in it

    def cycle_key(self) -> None:
        pass

    def save(self, must_create: bool = False) -> None:
        pass


class AuthenticationMiddleware(DjangosMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        user = SimpleLazyObject(lambda: _note_user(request))
        request.user = user  # type: ignore[assignment]  # Django does the same


def _note_user(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """Return the user, and let the log of requests know whether anybody asked for it."""
    user = _user_of(request)
    request.known_user = user  # type: ignore[attr-defined]
    return user


def _user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    session_key = request.session.session_key
    try:
        return auth.get_user(request)
    except DatabaseError as error:
        _raise_unless_read_only(error)
    request.session = UnchangedSession(session_key)
    try:
        return auth.get_user(request)
    except DatabaseError as error:  # the session has ended, but cannot be deleted
        _raise_unless_read_only(error)
    return AnonymousUser()


def _raise_unless_read_only(error: DatabaseError) -> None:
    if fault_of(error) is not Fault.READ_ONLY:
        raise error
