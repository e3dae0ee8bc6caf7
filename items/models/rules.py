"""The rules for the texts of an item, as patterns for both Python and PostgreSQL."""

from datetime import UTC, datetime

from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy

NAME_MAX_LENGTH = 200  # characters
DESCRIPTION_MAX_LENGTH = 10_000  # characters

# Times of which Python and browsers can show the day in every time zone
FIRST_TIME = datetime(1, 1, 2, tzinfo=UTC)
LAST_TIME = datetime(9999, 12, 30, tzinfo=UTC)

# Each pattern works in Python's re and in PostgreSQL, which both support \u escapes. The class \s
# is not used: the two disagree about Unicode.
SPACE = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
INVISIBLE += r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
INVISIBLE += r"\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
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
CARRIAGE_RETURN_MESSAGE = gettext_lazy("End lines with LF, without CR (carriage return).")
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


def unify_line_ends(text: str) -> str:
    """Return text with LF for CRLF, which browsers and Windows write, and for a lone CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


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


def text_constraints(field: str) -> list[models.CheckConstraint]:
    """Return the database constraints of a text of several lines."""
    return [
        models.CheckConstraint(
            name=f"item_{field}_length",
            condition=LessThanOrEqual(Length(field), DESCRIPTION_MAX_LENGTH),
            violation_error_message=DESCRIPTION_LENGTH_MESSAGE,
        ),
        models.CheckConstraint(
            name=f"item_{field}_line_ends",
            condition=~models.Q((f"{field}__contains", "\r")),
            violation_error_message=CARRIAGE_RETURN_MESSAGE,
        ),
    ]


def shown_times(*fields: str) -> models.Q:
    """Return the condition that each of these times is NULL or one that can be shown."""
    condition = models.Q()
    for field in fields:
        condition &= models.Q((f"{field}__gte", FIRST_TIME), (f"{field}__lt", LAST_TIME))
    return condition
