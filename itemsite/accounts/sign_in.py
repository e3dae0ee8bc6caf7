"""Signing in and out.

Failed attempts are limited for each pair of account and IP address, and for each IP address. There
is no limit for an account alone: everyone who knows its name could lock out its owner.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.contrib.sessions.models import Session
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from items.access import rate_limit
from items.access.client_ip import client_address
from items.access.rate_limit import Limit
from items.database.faults import Fault
from items.http.methods import View, allow_methods
from items.http.negotiation import HTML
from items.http.problems import Problem
from itemsite import passwords
from itemsite.accounts import sign_in_log

SWEPT_SESSIONS = 20  # ended ones that each sign-in deletes, so that no cron job is needed
MINUTES = 15
OF_ACCOUNT = Limit("failed sign-ins to an account", 10, MINUTES * 60)
OF_ADDRESS = Limit("failed sign-ins", 100, MINUTES * 60)
READ_ONLY = gettext_lazy(
    "You cannot sign in right now: the database is read-only at the moment. You can still read"
    " what visitors can see. Try again later."
)
NO_ANSWER = gettext_lazy(
    "You cannot sign in right now: the database does not answer. Try again in a moment."
)
SIGN_IN_TO = {
    "items.view_item": gettext_lazy("Sign in to see the items."),
    "items.add_item": gettext_lazy("Sign in to add items."),
    "items.change_item": gettext_lazy("Sign in to change items."),
    "items.delete_item": gettext_lazy("Sign in to delete items."),
    "import": gettext_lazy("Sign in to import items."),
    "undo": gettext_lazy("Sign in to undo changes."),
    "account": gettext_lazy("Sign in to open your account."),
}


def typed_name(request: HttpRequest) -> str:
    return UsernameField().to_python(request.POST.get("username"))  # as in the form


def own_name(request: HttpRequest) -> str:
    return request.user.get_username()


def throttled(view: View, account_of: Callable[[HttpRequest], str]) -> View:
    """Wrap a view that asks for a password: too many failures are answered with 429.

    Each attempt is counted before it starts, and uncounted when it succeeds. So simultaneous
    attempts cannot bypass the limit.
    """

    @allow_methods("GET", "POST")
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with passwords.place():
            return _counted(view, account_of(request), request, *args, **kwargs)

    return guarded


def _counted(view: View, account: str, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    address = client_address(request)
    seconds = rate_limit.count(OF_ACCOUNT, account, address) or rate_limit.count(
        OF_ADDRESS, address
    )
    if seconds:
        sign_in_log.write(logging.WARNING, "Refused sign-in, too many failed", account, request)
        raise Problem(429, _advice(seconds), headers={"Retry-After": str(seconds)})
    try:
        response = view(request, *args, **kwargs)
    except Problem:  # too busy to check the password
        rate_limit.uncount(OF_ACCOUNT, account, address)
        rate_limit.uncount(OF_ADDRESS, address)
        raise
    if response.status_code == 302:
        rate_limit.reset(OF_ACCOUNT, account, address)
        rate_limit.uncount(OF_ADDRESS, address)
        _delete_ended_sessions()
    return response


def sign_in_door(view: View) -> View:
    guarded = throttled(view, typed_name)
    guarded.show_again = show_again
    guarded.told = told
    return guarded


def told(fault: Fault) -> str | Promise:
    """Return why nobody can sign in, for errors.py."""
    return READ_ONLY if fault is Fault.READ_ONLY else NO_ANSWER


def show_again(request: HttpRequest, notice: str, status: int) -> HttpResponse:
    """Show the form again, for example after a sign-in in another tab changed the token."""
    name = request.POST.get("username", "")
    form = SignInForm(request, initial={"username": name})
    if name:
        form.fields["username"].widget.attrs.pop("autofocus")
        form.fields["password"].widget.attrs["autofocus"] = True
    context = {"form": form, "notice": notice, "next": request.POST.get("next", "")}
    context |= {"sends_mail": settings.SENDS_MAIL}
    return render(request, "registration/login.html", context, status=status)


def _delete_ended_sessions() -> None:
    ended = Session.objects.filter(expire_date__lt=timezone.now())
    Session.objects.filter(pk__in=ended.values("pk")[:SWEPT_SESSIONS]).delete()


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

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        told = {"why": why(self.request, context["next"]), "sends_mail": settings.SENDS_MAIL}
        return context | told

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        form.fields["username"].widget.attrs.pop("autofocus")  # the focus is on the error
        response = super().form_invalid(form)
        response.status_code = 422  # like every form with errors
        return response


def why(request: HttpRequest, address: str) -> str | Promise:
    """Return why somebody who wanted to open an address of this site has to sign in, if known."""
    try:
        path = urlsplit(address).path
        view = resolve(path).func
    except (Resolver404, ValueError):
        return ""
    if path.startswith("/accounts/"):
        return SIGN_IN_TO["account"]
    wish = getattr(getattr(view, "doors", {}).get(HTML, view), "sign_in_to", "")
    return "" if request.user.has_perm(wish) else SIGN_IN_TO.get(wish, "")
