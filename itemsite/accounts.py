"""Signing in and out.

Of failed tries, few are let through for an account from one address, and more from the address
for all accounts. Nothing counts an account alone: whoever knows a name could lock its owner out.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import ngettext

from items.access import rate_limit
from items.access.client_ip import client_address
from items.access.rate_limit import Limit
from items.http.methods import allow_methods
from items.http.problems import Problem

MINUTES = 15
OF_ACCOUNT = Limit("failed sign-ins to an account", 10, MINUTES * 60)
OF_ADDRESS = Limit("failed sign-ins", 100, MINUTES * 60)


def throttled(sign_in: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view that signs in: too many failures are answered with 429.

    Each try is counted before it is made, and taken back when it succeeds:
    tries at once cannot all begin before the first has failed.
    """

    @allow_methods("GET", "POST")
    @wraps(sign_in)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return sign_in(request, *args, **kwargs)
        address = client_address(request)
        account = UsernameField().to_python(request.POST.get("username"))  # as the form reads it
        seconds = rate_limit.count(OF_ACCOUNT, account, address) or rate_limit.count(
            OF_ADDRESS, address
        )
        if seconds:
            raise Problem(429, _advice(seconds), headers={"Retry-After": str(seconds)})
        response = sign_in(request, *args, **kwargs)
        if response.status_code == 302:
            rate_limit.forget(OF_ACCOUNT, account, address)
            rate_limit.take_back(OF_ADDRESS, address)
        return response

    guarded.show_again = show_again
    return guarded


def show_again(request: HttpRequest, notice: str, status: int) -> HttpResponse:
    """Show the form again, as after another sign-in in another tab made its token worthless."""
    form = AuthenticationForm(request, initial={"username": request.POST.get("username")})
    context = {"form": form, "notice": notice, "next": request.POST.get("next", "")}
    return render(request, "registration/login.html", context, status=status)


def _advice(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many failed attempts to sign in. Try again in a minute."
        " If you forgot your password, ask an administrator for a new one.",
        "Too many failed attempts to sign in. Try again in %(minutes)d minutes."
        " If you forgot your password, ask an administrator for a new one.",
        minutes,
    ) % {"minutes": minutes}


class SignInView(LoginView):
    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        form.fields["username"].widget.attrs.pop("autofocus")  # it is on what was wrong
        response = super().form_invalid(form)
        response.status_code = 422  # as every form with errors
        return response


urlpatterns = [
    path("login/", throttled(SignInView.as_view()), name="login"),
    path("logout/", allow_methods("POST")(LogoutView.as_view()), name="logout"),
]
