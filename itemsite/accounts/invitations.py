"""Invitations: an administrator names a person, and gets a link by which they choose a password.

An account that exists gets a new link in the same way, for a forgotten password.
"""

import logging

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm, UsernameField
from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_variables

from items.api import curl
from items.http.methods import View, allow_methods
from items.http.problems import Problem
from items.views.guard import sign_in_or_refuse
from itemsite.accounts.links import VALID_FOR, link_for

logger = logging.getLogger(__name__)
NOT_YOURS = gettext_lazy("Your account does not have permission to invite people.")


def may_invite(user: AbstractUser | AnonymousUser) -> bool:
    """Tell whether a user may add accounts; as in the admin, that needs both permissions."""
    return user.has_perms(["auth.add_user", "auth.change_user"])


class InvitationForm(forms.ModelForm):
    group = forms.ModelChoiceField(
        Group.objects.order_by("name"),
        label=gettext_lazy("Group"),
        required=False,
        empty_label=gettext_lazy("None yet"),
        help_text=gettext_lazy("Editors see, add, change and delete items. Readers only see them."),
    )

    class Meta:
        model = User
        fields = ["username", "email"]
        field_classes = {"username": UsernameField}
        labels = {"email": gettext_lazy("E-mail")}
        help_texts = {
            "username": gettext_lazy("They sign in with it: letters, digits and . - _ + @")
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "off", "dir": "auto"}
        self.fields["username"].widget.attrs.pop("maxlength")  # browsers silently cut pasted text
        self.fields["email"].widget.attrs |= {"autocomplete": "off"}
        self.initial["group"] = Group.objects.filter(name="Editors").first()

    clean_username = UserCreationForm.clean_username  # no second name that differs only in case

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        user.set_unusable_password()
        user.save()
        if self.cleaned_data["group"]:
            user.groups.add(self.cleaned_data["group"])
        return user


def _for_inviting(*methods: str):
    """Return a decorator for views of those who may invite."""

    def decorate(view: View) -> View:
        @allow_methods(*methods)
        def guarded(request: HttpRequest, **kwargs: int) -> HttpResponse:
            if not may_invite(request.user):
                return sign_in_or_refuse(request, NOT_YOURS)
            return view(request, **kwargs)

        return guarded

    return decorate


@_for_inviting("GET", "POST")
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _show_link(request, form.save(), is_new=True)
    waiting = User.objects.filter(is_active=True, last_login=None, password__startswith="!")
    context = {"form": form, "waiting": waiting.order_by("username")}
    return render(request, "accounts/invite.html", context, status=422 if form.is_bound else 200)


@_for_inviting("GET", "POST")
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404(gettext("There is no account %(number)s.") % {"number": pk})
    if user.is_superuser and not request.user.is_superuser:
        raise PermissionDenied(gettext("Only a superuser can do this for a superuser."))
    if not user.is_active:
        told = gettext("This account is not active. Make it active in the admin first.")
        raise Problem(409, told)
    if request.method != "POST":
        return render(request, "accounts/new_link.html", {"person": user})
    if not user.has_usable_password():
        user.set_unusable_password()  # another one, so that earlier links end
        user.save(update_fields=["password"])
    return _show_link(request, user, is_new=False)


@sensitive_variables()
def _show_link(request: HttpRequest, user: User, *, is_new: bool) -> HttpResponse:
    """Show the link in this answer, not after a redirect, so that it is stored nowhere."""
    link = link_for(curl.site(request), user)
    context = {
        "person": user,
        "is_new": is_new,
        "link": link,
        "valid_until": timezone.now() + VALID_FOR,
        "is_mailed": bool(user.email) and _mail(request, user, link),
        "sends_mail": settings.SENDS_MAIL,
    }
    response = render(request, "accounts/invited.html", context)
    response["Cache-Control"] = "no-store"
    return response


@sensitive_variables()
def _mail(request: HttpRequest, user: User, link: str) -> bool:
    """Mail the link, and tell whether the server took it; without EMAIL_URL there is none."""
    if not settings.SENDS_MAIL:
        return False
    context = {"person": user, "link": link, "list_name": settings.SITE_NAME}
    subject = render_to_string("accounts/mail/subject.txt", context).strip()
    text = render_to_string("accounts/mail/invitation.txt", context)
    if not connection.in_atomic_block:
        connection.close()  # others need it while this request waits
    try:
        return bool(send_mail(subject, text, None, [user.email]))
    except (OSError, ValueError):  # SMTPException; a password or host that is not ASCII
        logger.exception("The mail server of EMAIL_URL did not take the mail")
        return False
