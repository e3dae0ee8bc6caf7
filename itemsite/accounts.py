"""Signing in and out.

Failed attempts are limited for each pair of account and IP address, and for each IP address. There
is no limit for an account alone: everyone who knows its name could lock out its owner.
"""

import logging
from collections.abc import Callable
from functools import wraps

from django.contrib.auth import signals
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView, LogoutView
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from items.access import rate_limit
from items.access.client_ip import client_address
from items.access.rate_limit import Limit
from items.database.faults import Fault, fault_of
from items.http.methods import allow_methods
from items.http.problems import Problem

SWEPT_SESSIONS = 20  # ended ones that each sign-in deletes, so that no cron job is needed
MINUTES = 15
OF_ACCOUNT = Limit("failed sign-ins to an account", 10, MINUTES * 60)
OF_ADDRESS = Limit("failed sign-ins", 100, MINUTES * 60)
READ_ONLY = gettext_lazy(
    "You cannot sign in right now: the database is read-only at the moment. You can still read"
    " what visitors can see. Try again later."
)
NAME_MAX = 150  # characters of an account's name in the log

log = logging.getLogger(__name__)


def throttled(sign_in: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a sign-in view: too many failures are answered with 429.

    Each attempt is counted before it starts, and uncounted when it succeeds. So simultaneous
    attempts cannot bypass the limit.
    """

    @allow_methods("GET", "POST")
    @wraps(sign_in)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return sign_in(request, *args, **kwargs)
        try:
            return _counted(sign_in, request, *args, **kwargs)
        except DatabaseError as error:
            if fault_of(error) is not Fault.READ_ONLY:
                raise
            return show_again(request, READ_ONLY, 503)

    guarded.show_again = show_again
    return guarded


def _counted(sign_in: Callable[..., HttpResponse], request, *args, **kwargs) -> HttpResponse:
    address = client_address(request)
    account = UsernameField().to_python(request.POST.get("username"))  # as in the form
    seconds = rate_limit.count(OF_ACCOUNT, account, address) or rate_limit.count(
        OF_ADDRESS, address
    )
    if seconds:
        _log(logging.WARNING, "Refused sign-in, too many failed", account, request)
        raise Problem(429, _advice(seconds), headers={"Retry-After": str(seconds)})
    try:
        response = sign_in(request, *args, **kwargs)
    except Problem:  # too busy to check the password
        rate_limit.uncount(OF_ACCOUNT, account, address)
        rate_limit.uncount(OF_ADDRESS, address)
        raise
    if response.status_code == 302:
        rate_limit.reset(OF_ACCOUNT, account, address)
        rate_limit.uncount(OF_ADDRESS, address)
        _delete_ended_sessions()
    return response


def show_again(request: HttpRequest, notice: str | Promise, status: int) -> HttpResponse:
    """Show the form again, for example after a sign-in in another tab changed the token."""
    form = SignInForm(request, initial={"username": request.POST.get("username")})
    context = {"form": form, "notice": notice, "next": request.POST.get("next", "")}
    return render(request, "registration/login.html", context, status=status)


def _delete_ended_sessions() -> None:
    ended = Session.objects.filter(expire_date__lt=timezone.now())
    Session.objects.filter(pk__in=ended.values("pk")[:SWEPT_SESSIONS]).delete()


def _log(level: int, event: str, account: str | None, request: HttpRequest | None) -> None:
    """Log who did it, never a password. The name is quoted: a line break in it forges no line."""
    if request and "REMOTE_ADDR" in request.META:  # otherwise code signs in, as in tests
        name = ascii((account or "")[:NAME_MAX])
        log.log(level, "%s: account %s from %s", event, name, client_address(request))


def _log_sign_in(request: HttpRequest | None, user, **kwargs: object) -> None:
    _log(logging.INFO, "Signed in", user.get_username(), request)


def _log_failure(request: HttpRequest | None, credentials: dict, **kwargs: object) -> None:
    _log(logging.WARNING, "Failed sign-in", credentials.get("username"), request)


def _log_sign_out(request: HttpRequest | None, user, **kwargs: object) -> None:
    if user:
        _log(logging.INFO, "Signed out", user.get_username(), request)


signals.user_logged_in.connect(_log_sign_in)
signals.user_login_failed.connect(_log_failure)
signals.user_logged_out.connect(_log_sign_out)


def _advice(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many failed attempts to sign in. Try again in a minute."
        " If you forgot your password, ask an administrator for a new one.",
        "Too many failed attempts to sign in. Try again in %(minutes)d minutes."
        " If you forgot your password, ask an administrator for a new one.",
        minutes,
    ) % {"minutes": minutes}


class SignInForm(AuthenticationForm):
    username = UsernameField(widget=TextInput(attrs={"autofocus": True, "dir": "auto"}))
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": gettext_lazy(
            "The username or the password is wrong. Upper and lower case matter in both."
        )
    }


class SignInView(LoginView):
    authentication_form = SignInForm

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        form.fields["username"].widget.attrs.pop("autofocus")  # the focus is on the error
        response = super().form_invalid(form)
        response.status_code = 422  # like every form with errors
        return response


urlpatterns = [
    path("login/", throttled(SignInView.as_view()), name="login"),
    path("logout/", allow_methods("POST")(LogoutView.as_view()), name="logout"),
]
