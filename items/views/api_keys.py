"""The page where users create and revoke their API keys."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_variables

from items.http.methods import allow_methods
from items.models import ApiKey
from items.models.api_key import NAME_TAKEN_MESSAGE, read_lifetime
from items.views.bidi import isolate

NEVER = "never"
LIFETIMES = {
    "30d": gettext_lazy("In 30 days"),
    "90d": gettext_lazy("In 90 days"),
    "1y": gettext_lazy("In 1 year"),
    NEVER: gettext_lazy("Never"),
}


class KeyForm(forms.ModelForm):
    expires = forms.ChoiceField(label=gettext_lazy("Expires"), choices=LIFETIMES, initial="90d")

    class Meta:
        model = ApiKey
        fields = ["name", "read_only"]
        help_texts = {
            "name": gettext_lazy(
                "What the key is for, for example the name of a script. Up to 100 characters."
            )
        }
        labels = {
            "read_only": gettext_lazy("Read-only: the key can read items but not change them")
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["dir"] = "auto"
        self.fields["name"].widget.attrs.pop("maxlength")  # browsers silently cut pasted text there

    def clean_name(self) -> str:
        """Check the unique constraint, which Django skips because the form has no user field."""
        name = self.cleaned_data["name"]
        if self.instance.user.api_keys.not_revoked().filter(name=name).exists():
            raise forms.ValidationError(NAME_TAKEN_MESSAGE, "taken")
        return name

    def issue(self) -> str:
        """Create the key and return its secret, which cannot be shown again."""
        lifetime = self.cleaned_data["expires"]
        if lifetime != NEVER:
            self.instance.expires_at = timezone.now() + read_lifetime(lifetime)
        return self.instance.issue()


@allow_methods("GET", "POST")
@login_required
@sensitive_variables()  # the template's context contains the new key
def key_list(request: HttpRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = KeyForm(posted, instance=ApiKey(user=request.user))
    if not form.is_valid():
        return _page(request, form)
    secret = form.issue()
    # Shown in this answer, not after a redirect, so that the key is stored nowhere. no-store keeps
    # it out of the browser's caches. A reload sends the form again and gets an error, because the
    # name is taken.
    response = _page(request, KeyForm(instance=ApiKey(user=request.user)), secret)
    response["Cache-Control"] = "no-store"
    return response


@allow_methods("GET", "POST")
@login_required
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    keys = request.user.api_keys.filter(pk=pk)
    key = keys.first()
    if key is None:
        raise Http404(gettext("You have no key %(number)s.") % {"number": pk})
    if not key.revoked_at:
        if request.method != "POST":
            return render(request, "accounts/key_revoke.html", {"key": key})
        keys.revoke()
    messages.success(request, gettext("Revoked “%(name)s”.") % {"name": isolate(key.name)})
    return redirect("keys:list")


def _page(request: HttpRequest, form: KeyForm, secret: str = "") -> HttpResponse:
    keys = list(request.user.api_keys.newest_first())
    context = {
        "form": form,
        "secret": secret,
        "keys": [key for key in keys if key.state == "active"],
        "ended": [key for key in keys if key.state != "active"],
    }
    return render(request, "accounts/keys.html", context, status=422 if form.is_bound else 200)
