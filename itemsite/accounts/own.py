"""The page of one's own account, and another password."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from items.http.methods import allow_methods
from itemsite.accounts.invitations import may_invite
from itemsite.accounts.links import NewPasswordMixin

ON_ITEMS = {
    "items.view_item": gettext_lazy("See all items, their history, and take them out as a file"),
    "items.add_item": gettext_lazy("Add items, also by import"),
    "items.change_item": gettext_lazy("Change items"),
    "items.delete_item": gettext_lazy("Delete items"),
}


@allow_methods("GET")
@login_required
def account(request: HttpRequest) -> HttpResponse:
    allowed = [told for permission, told in ON_ITEMS.items() if request.user.has_perm(permission)]
    context = {
        "allowed": [*allowed, *_as_administrator(request)],
        "lacks_some": len(allowed) < len(ON_ITEMS),
        "groups": request.user.groups.order_by("name"),
        "keys": request.user.api_keys.active().count(),
        "may_invite": may_invite(request.user),
    }
    return render(request, "accounts/account.html", context)


def _as_administrator(request: HttpRequest) -> Iterator[str | Promise]:
    if may_invite(request.user):
        yield gettext_lazy("Invite people")
    if request.user.is_staff:
        yield gettext_lazy("Open the admin")


class OwnPasswordForm(NewPasswordMixin, PasswordChangeForm):
    pass


class OwnPasswordView(PasswordChangeView):
    """Django's view, with a page of ours. Sessions in other browsers end, this one stays."""

    form_class = OwnPasswordForm
    template_name = "accounts/password.html"
    success_url = "/accounts/"

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        told = gettext(
            "Password changed. Other browsers that were signed in have to sign in again."
        )
        messages.success(self.request, told)
        return response

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        form.fields["old_password"].widget.attrs.pop("autofocus")  # the focus is on the error
        response = super().form_invalid(form)
        response.status_code = 422  # like every form with errors
        return response
