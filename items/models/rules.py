"""The rules for the texts of an item, as patterns for both Python and PostgreSQL."""

from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy

NAME_MAX_LENGTH = 200  # characters
DESCRIPTION_MAX_LENGTH = 10_000  # characters

# Each pattern works in Python's re and in PostgreSQL, which both support \u escapes. The class \s
# is not used: the two disagree about Unicode.
SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
INVISIBLE += r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
CONTROL = r"\u0001-\u001f\u007f-\u009f\u2028\u2029"

NAME_VISIBLE = f"[^{SPACE}{INVISIBLE}]"
NAME_VISIBLE_MESSAGE = gettext_lazy(
    "This field is required."
)  # invisible characters count as empty
UNTRIMMED = rf"\A[{SPACE}]|[{SPACE}]\Z"
UNTRIMMED_MESSAGE = gettext_lazy("Remove the spaces before and after the text.")
BREAKS_LINE = f"[{CONTROL}]"
BREAKS_LINE_MESSAGE = gettext_lazy(
    "Write one line. Remove line breaks, tabs and control characters."
)
DESCRIPTION_LENGTH_MESSAGE = f"At most {DESCRIPTION_MAX_LENGTH:,} characters."
# Half a UTF-16 pair: legal in JSON (RFC 8259, section 8.2), but not a text in PostgreSQL.
LONE_SURROGATE = r"[\ud800-\udfff]"
LONE_SURROGATE_MESSAGE = gettext_lazy(
    "Half a character (a lone surrogate) is not allowed. Remove it."
)

# The validators of every text, and those of a text of one line. They use Django's own classes, so
# that migrations do not import from here.
TEXT = [
    ProhibitNullCharactersValidator(),
    RegexValidator(LONE_SURROGATE, LONE_SURROGATE_MESSAGE, "surrogate", inverse_match=True),
]
ONE_LINE = [
    RegexValidator(UNTRIMMED, UNTRIMMED_MESSAGE, "untrimmed", inverse_match=True),
    RegexValidator(BREAKS_LINE, BREAKS_LINE_MESSAGE, "control", inverse_match=True),
]


def one_line_constraints(field: str) -> list[models.CheckConstraint]:
    """Return the database constraints with the same rules as ONE_LINE."""
    return [
        models.CheckConstraint(
            name=f"item_{field}_trimmed",
            condition=~models.Q((f"{field}__regex", UNTRIMMED)),
            violation_error_message=UNTRIMMED_MESSAGE,
        ),
        models.CheckConstraint(
            name=f"item_{field}_one_line",
            condition=~models.Q((f"{field}__regex", BREAKS_LINE)),
            violation_error_message=BREAKS_LINE_MESSAGE,
        ),
    ]
