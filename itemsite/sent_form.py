"""What a form sent, so that an error page can show its text and send it again.

The view of the form is not asked: it may need the database that does not answer.
"""

from dataclasses import dataclass

from django.http import HttpRequest

NEVER_SHOWN = ("csrf", "password")  # parts of names; Django and this site name all passwords so
# Fields of the site's forms that nobody types into
HIDDEN = {"action", "confirmed", "expires", "key", "next", "shown", "version"}
HIDDEN_PREFIXES = ("_", "initial-")  # of the admin's
TICK = "on"
LONG = 80  # characters of a line


@dataclass(frozen=True)
class SentField:
    name: str
    value: str
    is_typed: bool

    @property
    def rows(self) -> int:
        return 8 if "\n" in self.value or len(self.value) > LONG else 1


def sent_form(request: HttpRequest) -> list[SentField] | None:
    """Return the fields of a form, without passwords, or None if there is nothing to send again.

    A form that was not checked for CSRF can be another site's: nobody may be asked to send it.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return None
    fields = [
        SentField(name, value, len(values) == 1 and _is_typed(name, value))
        for name, values in request.POST.lists()
        if not any(part in name for part in NEVER_SHOWN)
        for value in values
    ]
    has_password = any("password" in name for name in request.POST)
    return fields if fields or not has_password else None


def _is_typed(name: str, value: str) -> bool:
    """Tell whether a person can have typed this, rather than ticked or chosen it."""
    is_hidden = name in HIDDEN or name.startswith(HIDDEN_PREFIXES)
    return not is_hidden and value != TICK and not value.isdecimal() and bool(value.strip())
