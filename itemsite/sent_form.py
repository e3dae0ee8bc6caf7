"""What a form sent, so that an error page can show its text and send it again.

The view of the form is not asked: it may need the database that does not answer.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

NEVER_SHOWN = ("csrf", "pass", "secret", "token")  # parts of names, in any case
# Fields of the site's forms that nobody types into
HIDDEN = {"action", "confirmed", "expires", "key", "next", "shown", "staging", "version"}
HIDDEN |= {"close", "repeated", "total"}  # what a preview asks
HIDDEN |= {"encoding", "separator", "sheet", "header", "other_columns", "ids", "unknown_ids"}
HIDDEN_PREFIXES = ("_", "initial-", "column_")  # of the admin, and of a preview's selects
TICK = "on"
LONG = 80  # characters of a line
LABELS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "cells": gettext_lazy("Pasted cells"),
    "username": gettext_lazy("Username"),
    "email": gettext_lazy("E-mail"),
}


@dataclass(frozen=True)
class SentField:
    name: str
    value: str
    is_typed: bool

    @property
    def label(self) -> str | Promise:
        return LABELS.get(self.name) or capfirst(self.name.replace("_", " "))

    @property
    def rows(self) -> int:
        return 8 if "\n" in self.value or len(self.value) > LONG else 1


@dataclass(frozen=True)
class SentForm:
    fields: list[SentField]
    had_password: bool

    @property
    def has_text(self) -> bool:
        return any(field.is_typed for field in self.fields)

    @property
    def can_be_sent(self) -> bool:
        """False if the form would only ask for its passwords."""
        return self.has_text or not self.had_password


def sent_form(request: HttpRequest) -> SentForm | None:
    """Return the fields of a form, without passwords, or None if no form was sent.

    A form that was not checked for CSRF can be another site's: nobody may be asked to send it.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return None
    fields = [
        SentField(name, value, len(values) == 1 and _is_typed(name, value))
        for name, values in request.POST.lists()
        if not any(part in name.lower() for part in NEVER_SHOWN)
        for value in values
    ]
    return SentForm(fields, any("pass" in name.lower() for name in request.POST))


def _is_typed(name: str, value: str) -> bool:
    """Tell whether a person can have typed this, rather than ticked or chosen it."""
    is_hidden = name in HIDDEN or name.startswith(HIDDEN_PREFIXES)
    return not is_hidden and value != TICK and not value.isdecimal() and bool(value.strip())
