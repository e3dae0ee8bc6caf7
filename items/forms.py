from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from items.models import Item
from items.models.rules import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH


class Textarea(forms.Textarea):
    """Browsers send every line end as CRLF (HTML, section 4.10.21); keep what was typed."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        if isinstance(data, QueryDict) and value:
            return value.replace("\r\n", "\n")
        return value


class ItemForm(forms.ModelForm):
    """The one door through which outside data becomes an item."""

    class Meta:
        model = Item
        fields = ["name", "description"]
        help_texts = {
            "name": format_lazy(
                gettext_lazy("One line, up to {max} characters."), max=NAME_MAX_LENGTH
            ),
            "description": format_lazy(
                gettext_lazy("Up to {max} characters; line breaks are kept."),
                max=lazy(number_format, str)(DESCRIPTION_MAX_LENGTH, force_grouping=True),
            ),
        }
        widgets = {"description": Textarea(attrs={"rows": 6})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].strip = False  # indents and last lines belong to the text
        for field in self.fields.values():  # browsers cut what is pasted there, and say nothing
            field.widget.attrs.pop("maxlength", None)

    def save(self, commit: bool = True) -> Item:
        """Write the fields that were changed, so that two changes of different fields both stay."""
        if commit and self.instance.pk:
            self.instance.save(update_fields=self.changed_data)
            return self.instance
        return super().save(commit)
