from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from items.models import Item
from items.models.item import TRIMMED, WRITABLE, max_length


class Textarea(forms.Textarea):
    """Browsers send every line end as CRLF (HTML, section 4.10.21); keep what was typed."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        if isinstance(data, QueryDict) and value:
            return value.replace("\r\n", "\n")
        return value


def _help_text(field: str) -> Promise:
    if field in TRIMMED:
        text = gettext_lazy("One line, up to {max} characters.")
    else:
        text = gettext_lazy("Up to {max} characters; line breaks are kept.")
    return format_lazy(text, max=lazy(number_format, str)(max_length(field), force_grouping=True))


class ItemForm(forms.ModelForm):
    """The one door through which outside data becomes an item."""

    class Meta:
        model = Item
        # Not spelled out: the JSON endpoint, the import and the search have the same fields, and a
        # new one that this form alone did not know would be emptied by each PUT.
        fields = WRITABLE
        help_texts = {field: _help_text(field) for field in WRITABLE}
        widgets = {field: Textarea(attrs={"rows": 6}) for field in WRITABLE if field not in TRIMMED}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.strip = name in TRIMMED  # elsewhere indents and last lines belong to the text
            field.widget.attrs.pop("maxlength", None)  # browsers cut what is pasted in silence

    def save(self, commit: bool = True) -> Item:
        """Write the fields that were changed, so that two changes of different fields both stay."""
        if commit and self.instance.pk:
            self.instance.save(update_fields=self.changed_data)
            return self.instance
        return super().save(commit)
