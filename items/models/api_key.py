"""API keys, which scripts send instead of signing in.

A key consists of itemsite_, 32 random letters and digits, and a checksum of 6, like the tokens of
GitHub: scanners recognise a leaked key, and a mistyped one is refused without a query. The
database contains only its SHA-256 hash, without salt or stretching: these protect passwords that
can be guessed, and nobody can guess 190 random bits.
"""

import hashlib
import re
import secrets
import string
import zlib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from items.database.faults import fault_of
from items.models.rules import shown_times

PREFIX = "itemsite_"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH = 32  # characters
CHECKSUM_LENGTH = 6  # characters: 62 ** 6 is more than the 2 ** 32 of a CRC32
HINT_LENGTH = 4  # characters

USE_NOTED_EVERY = timedelta(minutes=1)
NAME_TAKEN_MESSAGE = gettext_lazy(
    "A key with this name already exists. Choose another name, or revoke that key first."
)
STATE_LABELS = {
    "active": gettext_lazy("active"),
    "expired": gettext_lazy("expired"),
    "revoked": gettext_lazy("revoked"),
}

LIFETIME_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}


def read_lifetime(text: str) -> timedelta:
    """Parse 12h, 30d, 8w or 1y; raise ValueError with a message for other text."""
    found = re.fullmatch("([1-9][0-9]{0,2})([hdwy])", text)
    if not found:
        raise ValueError(f"{text!r} is not a valid time. Write, for example, 12h, 30d, 8w or 1y.")
    return int(found[1]) * LIFETIME_UNITS[found[2]]


class ApiKeyQuerySet(models.QuerySet):
    def newest_first(self) -> "ApiKeyQuerySet":
        return self.order_by("-id")

    def not_revoked(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at=None)

    def active(self) -> "ApiKeyQuerySet":
        return self.not_revoked().filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def revoke(self) -> int:
        """Revoke these keys and return their number; keys already revoked keep their time."""
        return self.not_revoked().update(revoked_at=Now())


class ApiKey(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="api_keys",
        verbose_name=gettext_lazy("user"),
    )
    name = models.CharField(gettext_lazy("name"), max_length=100)
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the key, in hex
    # The end of the key, to recognise it
    hint = models.CharField(gettext_lazy("hint"), max_length=HINT_LENGTH, editable=False)
    read_only = models.BooleanField(gettext_lazy("read-only"), default=False, db_default=False)
    created_at = models.DateTimeField(gettext_lazy("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(gettext_lazy("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(
        gettext_lazy("revoked"), null=True, blank=True, editable=False
    )
    last_used_at = models.DateTimeField(
        gettext_lazy("last used"), null=True, blank=True, editable=False
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("API key")
        verbose_name_plural = gettext_lazy("API keys")
        constraints = [
            models.UniqueConstraint(name="api_key_digest", fields=["digest"]),
            models.CheckConstraint(
                name="api_key_digest_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="api_key_times",
                condition=shown_times("created_at", "expires_at", "revoked_at", "last_used_at"),
            ),
            models.CheckConstraint(
                name="api_key_name_given",
                condition=~Q(name=""),
                violation_error_message=gettext_lazy("This field is required."),
            ),
            models.UniqueConstraint(
                name="api_key_name",
                fields=["user", "name"],
                condition=Q(revoked_at=None),
                violation_error_message=NAME_TAKEN_MESSAGE,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse line breaks, other control characters, invisible ones and lone surrogates."""
        if not self.name.isprintable():
            message = gettext_lazy("Use only visible characters, on one line.")
            raise ValidationError({"name": ValidationError(message, "unprintable")})

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "active"

    @property
    def state_label(self) -> str | Promise:
        return STATE_LABELS[self.state]

    @sensitive_variables()
    def issue(self) -> str:
        """Save this new key and return its secret, which cannot be shown again."""
        secret = PREFIX + "".join(secrets.choice(BASE62) for _ in range(RANDOM_LENGTH))
        secret += checksum(secret)
        self.digest = digest(secret)
        self.hint = secret[-HINT_LENGTH:]
        self.save(force_insert=True)
        return secret

    def may(self, permission: str) -> bool:
        """Tell whether the key and its user have the permission.

        A read-only key cannot write, even if every visitor can.
        """
        action = permission.partition(".")[2]
        if self.read_only and not action.startswith("view_"):
            return False
        return self.user.has_perm(permission)

    def note_use(self) -> None:
        """Save the time of use, once in USE_NOTED_EVERY, to avoid a write for each request.

        What reads works without it: in a read-only database, or while the disk is full.
        """
        now = timezone.now()
        if self.last_used_at and self.last_used_at > now - USE_NOTED_EVERY:
            return
        # Checked again in the database, so that only one of many requests writes.
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        try:
            ApiKey.objects.filter(unnoted, pk=self.pk).update(last_used_at=now)
        except DatabaseError as error:
            if fault_of(error) is None:
                raise


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def checksum(text: str) -> str:
    number = zlib.crc32(text.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(BASE62))
        digits = BASE62[digit] + digits
    return digits
