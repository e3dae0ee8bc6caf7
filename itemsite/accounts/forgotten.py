"""A forgotten password: a link to choose another one, by mail. Only where EMAIL_URL is set."""

from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import PasswordResetView
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext, override

from items.access import rate_limit
from items.access.client_ip import client_address
from items.access.rate_limit import Limit
from items.api import curl
from items.http.methods import allow_methods
from items.http.problems import Problem
from itemsite.accounts.links import link_for

HOUR = 3600  # seconds
TO_ADDRESS = Limit("mails to an address", 3, HOUR)  # so that nobody fills another's mailbox
FROM_ADDRESS = Limit("mails for an IP address", 20, HOUR)


class ForgottenForm(PasswordResetForm):
    def send_mail(self, subject: str, text: str, context: dict[str, Any], *args, **kwargs) -> None:
        """Send the mail beside the request: the time of the answer must not tell who exists."""
        context["link"] = link_for(context["site"], context["user"])
        send = override(get_language())(super().send_mail)  # a thread has no language of its own
        Thread(target=send, args=(subject, text, context, *args), kwargs=kwargs).start()


class ForgottenView(PasswordResetView):
    form_class = ForgottenForm
    template_name = "accounts/forgotten.html"
    subject_template_name = "accounts/mail/subject.txt"
    email_template_name = "accounts/mail/forgotten.txt"
    success_url = "/accounts/login/"

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        _count(self.request, form.cleaned_data["email"].lower())
        self.extra_email_context = {
            "site": curl.site(self.request),
            "list_name": settings.SITE_NAME,
        }
        told = gettext(
            "If an account has this e-mail address, a link is on its way there. It is valid for"
            " a week. If no mail comes, ask an administrator."
        )
        messages.success(self.request, told)
        return super().form_valid(form)

    def form_invalid(self, form: ForgottenForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422  # like every form with errors
        return response


@allow_methods("GET", "POST")
def forgotten(request: HttpRequest) -> HttpResponse:
    if not settings.SENDS_MAIL:
        raise Http404(
            gettext("This site sends no mails. Ask an administrator for a link to a new password.")
        )
    return ForgottenView.as_view()(request)


def _count(request: HttpRequest, mailbox: str) -> None:
    seconds = rate_limit.count(FROM_ADDRESS, client_address(request)) or rate_limit.count(
        TO_ADDRESS, mailbox
    )
    if seconds:
        detail = gettext("Too many mails were asked for. Wait an hour, or ask an administrator.")
        raise Problem(429, detail, headers={"Retry-After": str(seconds)})
