"""Links by which a person chooses a password: of invitations, of administrators, of mails.

Nothing is stored: Django signs the account's state into a link, with its password and its last
sign-in. So a link is valid until it is used, until the person signs in, or for a week.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_variables

from items.access import rate_limit
from items.access.client_ip import client_address
from items.access.rate_limit import Limit
from items.http.methods import allow_methods
from items.http.problems import Problem

VALID_FOR = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
WRONG_LINKS = Limit("wrong links", 50, 15 * 60)  # a token has 128 bits, so this spares the database


@sensitive_variables()
def link_for(site: str, user: AbstractBaseUser) -> str:
    number = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return f"{site}/accounts/link/{number}/{token}/"


class UsedLink(Exception):
    """Says that somebody else used the link between the check and the save."""


class NewPasswordMixin:
    """Says in one sentence what a password needs; Django has a list of four."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = gettext_lazy(
            "12 characters or more, such as four words that do not belong together."
        )
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = gettext_lazy("The new password again")


class ChosenPasswordForm(NewPasswordMixin, SetPasswordForm):
    def save(self, commit: bool = True) -> User:
        """Save the password of an account that is still as the link was made for it."""
        as_checked = {"password": self.user.password, "last_login": self.user.last_login}
        user = super().save(commit=False)  # computes the hash, which takes a while
        unchanged = User.objects.filter(pk=user.pk, is_active=True, **as_checked)
        if not unchanged.update(password=user.password):
            raise UsedLink
        return user


class LinkView(PasswordResetConfirmView):
    """Django's view: it moves the token from the address into the session, so no page leaks it.

    It answers no-store. Whoever chose a password is signed in.
    """

    form_class = ChosenPasswordForm
    template_name = "accounts/link.html"
    success_url = "/accounts/"
    post_reset_login = True
    post_reset_login_backend = "items.access.permissions.AccountsBackend"

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form: ChosenPasswordForm) -> HttpResponse:
        try:
            response = super().form_valid(form)
        except UsedLink:
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        messages.success(self.request, gettext("Your password is saved, and you are signed in."))
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs) -> HttpResponse:
        if not self.validlink:
            _count_wrong_link(self.request)
            return super().render_to_response(context, status=410, **kwargs)
        status = 422 if context["form"].is_bound else 200
        return super().render_to_response(context, status=status, **kwargs)


def _count_wrong_link(request: HttpRequest) -> None:
    seconds = rate_limit.count(WRONG_LINKS, client_address(request))
    if seconds:
        detail = gettext("Too many links that do not work. Try again in a few minutes.")
        raise Problem(429, detail, headers={"Retry-After": str(seconds)})


link = allow_methods("GET", "POST")(LinkView.as_view())
