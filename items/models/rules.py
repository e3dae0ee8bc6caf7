"""What an item's texts must fulfil, as patterns that Python and PostgreSQL share."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

NAME_MAX_LENGTH = 200  # characters
DESCRIPTION_MAX_LENGTH = 10_000  # characters

# One pattern states a rule for Python's re and for PostgreSQL, which both know \u escapes.
# Neither engine's \s will do: they disagree about Unicode.
SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
INVISIBLE += r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
CONTROL = r"\u0001-\u001f\u007f-\u009f\u2028\u2029"

NAME_VISIBLE = f"[^{SPACE}{INVISIBLE}]"
NAME_VISIBLE_MESSAGE = gettext_lazy("This field is required.")  # what looks empty is empty
NAME_UNTRIMMED = rf"\A[{SPACE}]|[{SPACE}]\Z"
NAME_UNTRIMMED_MESSAGE = gettext_lazy("Remove the space around the name.")
NAME_CONTROL = f"[{CONTROL}]"
NAME_CONTROL_MESSAGE = gettext_lazy(
    "A name is one line: remove line breaks, tabs and control characters."
)
DESCRIPTION_LENGTH_MESSAGE = f"At most {DESCRIPTION_MAX_LENGTH:,} characters."


def no_lone_surrogates(text: str) -> None:
    """Refuse half a UTF-16 pair: legal in JSON (RFC 8259, section 8.2), no text in PostgreSQL."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError(
            gettext_lazy("This holds half a character (a lone surrogate)."), "surrogate"
        )
