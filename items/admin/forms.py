"""Forms that refuse to overwrite what somebody else saved in the meantime."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext

from items.http.problems import shortened


class CheckedForm(forms.ModelForm):
    """Refuses to overwrite what somebody else saved after this form was shown."""

    @property
    def shown(self) -> str:
        """Return a fingerprint of the saved values; a hidden field of the page contains it."""
        values = [
            (name, str(getattr(value, "pk", value)))
            for name, field in self.fields.items()
            if not field.disabled
            for value in _as_list(self.initial.get(name))
        ]
        return hashlib.sha256(repr(sorted(values)).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get("shown", self.shown) == self.shown or not self.has_changed():
            return cleaned
        for name in self.changed_data:
            told = gettext("The saved value is now “%(value)s”.")
            self.add_error(name, told % {"value": shortened(_as_text(self[name].initial))})
        raise ValidationError(
            gettext(
                "Somebody else saved this while you were editing it. Your changes are not saved"
                " yet. Compare the fields, then save again to overwrite what differs."
            ),
            code="conflict",
        )


def _as_text(value: object) -> str:
    """Return a saved value as an administrator reads it: a text, a tick, or several rows."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return ", ".join(str(one) for one in _as_list(value) if one is not None)


def _as_list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


class CheckedChanges:
    """Uses CheckedForm, and locks the row before a POST, so that a deleted row stays deleted."""

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (CheckedForm, form), {}) if change else form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None):
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return self.model._default_manager.select_for_update().filter(pk=found.pk).first()
