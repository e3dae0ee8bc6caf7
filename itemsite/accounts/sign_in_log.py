"""The log says who signed in and out, and who tried."""

import logging

from django.contrib.auth import signals
from django.http import HttpRequest

from items.access.client_ip import client_address

NAME_MAX = 150  # characters of an account's name in the log

log = logging.getLogger(__name__)


def write(level: int, event: str, account: str | None, request: HttpRequest | None) -> None:
    """Log who did it, never a password. The name is quoted: a line break in it forges no line."""
    if request and "REMOTE_ADDR" in request.META:  # otherwise code signs in, as in tests
        name = ascii((account or "")[:NAME_MAX])
        log.log(level, "%s: account %s from %s", event, name, client_address(request))


def _log_sign_in(request: HttpRequest | None, user, **kwargs: object) -> None:
    write(logging.INFO, "Signed in", user.get_username(), request)


def _log_failure(request: HttpRequest | None, credentials: dict, **kwargs: object) -> None:
    write(logging.WARNING, "Failed sign-in", credentials.get("username"), request)


def _log_sign_out(request: HttpRequest | None, user, **kwargs: object) -> None:
    if user:
        write(logging.INFO, "Signed out", user.get_username(), request)


signals.user_logged_in.connect(_log_sign_in)
signals.user_login_failed.connect(_log_failure)
signals.user_logged_out.connect(_log_sign_out)
