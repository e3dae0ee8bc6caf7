from django import forms
from django.utils.formats import number_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from items.models import Item
from items.models.item import TRIMMED, WRITABLE, max_length
from items.models.rules import unify_line_ends


class Textarea(forms.Textarea):
    """Unifies line ends: browsers send CRLF for every one (HTML, section 4.10.21)."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return unify_line_ends(value) if isinstance(value, str) else value


def _help_text(field: str) -> Promise:
    if field in TRIMMED:
        text = gettext_lazy("One line, up to {max} characters.")
    else:
        text = gettext_lazy("Up to {max} characters; line breaks are kept.")
    return format_lazy(text, max=lazy(number_format, str)(max_length(field), force_grouping=True))


class ItemForm(forms.ModelForm):
    """Validates items from outside: both pages and the JSON endpoint use it."""

    class Meta:
        model = Item
        # All fields, as in the JSON endpoint: a PUT would empty a field that only the form lacks.
        fields = WRITABLE
        help_texts = {field: _help_text(field) for field in WRITABLE}
        widgets = {field: Textarea(attrs={"rows": 6}) for field in WRITABLE if field not in TRIMMED}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.strip = (
                name in TRIMMED
            )  # in other fields, indents and empty lines are part of the text
            field.widget.attrs.pop("maxlength", None)  # browsers silently cut pasted text there
            # Browsers would put an old text back into a page with a new version. The admin's form
            # has no place to say so for all fields.
            field.widget.attrs |= {"autocomplete": "off", "dir": "auto"}

    def save(self, commit: bool = True) -> Item:
        """Save only the changed fields, so that simultaneous changes of other fields are kept."""
        if commit and self.instance.pk:
            self.instance.save(update_fields=self.changed_data)
            return self.instance
        return super().save(commit)
