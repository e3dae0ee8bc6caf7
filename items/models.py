"""The item, its rules, and the questions asked of the table."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
)
from django.db import models
from django.db.models.functions import Concat, Left, Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from items.database.sql import TooLong, limited
from items.keys import ApiKey
from items.limits import Tally

__all__ = ["ApiKey", "Item", "StoredAnswer", "Tally"]  # where Django looks for an app's models

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

SUMMARY_LENGTH = 200  # characters of the description in a list

SIMILAR_MAX = 5  # names that are shown
SIMILAR_TIMEOUT_MS = 150  # it is only a hint
SIMILARITY = 0.4  # of 1: trigrams in common


# The keys of an item in JSON; its text is the column `json`, which items_json() makes of them.
JSON_KEYS = ("id", "name", "description", "created_at", "updated_at")


def no_lone_surrogates(text: str) -> None:
    """Refuse half a UTF-16 pair: legal in JSON (RFC 8259, section 8.2), no text in PostgreSQL."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError(
            gettext_lazy("This holds half a character (a lone surrogate)."), "surrogate"
        )


def no_item(pk: int) -> Http404:
    return Http404(gettext("There is no item %(number)s.") % {"number": pk})


class Fold(models.Func):
    """Text without case and accents, as the column `search` holds it."""

    function = "items_fold"
    arity = 1
    output_field = models.TextField()


class AsJson(models.Func):
    """The item's JSON text, as the column `json` holds it."""

    function = "items_json"
    arity = len(JSON_KEYS)
    output_field = models.TextField()


# The name without case and accents: the column `search` begins with it, which is cheaper than to
# fold it again. Folding can lengthen a name manyfold, beyond what an index takes.
FOLDED_NAME = f"left(split_part(search, E'\\n', 1), {NAME_MAX_LENGTH})"
# As people sort. By code points, so that the index of the order finds beginnings too.
NAME_ORDER = f'({FOLDED_NAME} COLLATE "C")'


class FoldedName(models.Func):
    template = FOLDED_NAME
    arity = 0
    output_field = models.TextField()


class NameOrder(FoldedName):
    template = NAME_ORDER


class Holds(models.Func):
    """Whether folded text holds a word, in whatever case and with whatever accents."""

    function = "items_holds"
    arity = 2
    output_field = models.BooleanField()


class ItemQuerySet(models.QuerySet):
    def matching(self, *words: str) -> "ItemQuerySet":
        """Keep items that hold every word in name or description, case and accents aside."""
        items = self
        for word in words:
            items = items.filter(Holds("search", models.Value(word)))
        return items

    def similar_to(self, name: str) -> list["Item"]:
        """Return the few items whose names are closest; if that takes long, those named alike."""
        folded = Left(Fold(models.Value(name)), NAME_MAX_LENGTH)
        named = self.only("name").annotate(folded=FoldedName())
        closest = (
            named.filter(folded__trigram_similar=folded)
            .annotate(closeness=TrigramSimilarity("folded", folded))
            .order_by("-closeness", "id")
        )
        try:
            with limited(SIMILAR_TIMEOUT_MS, {"pg_trgm.similarity_threshold": SIMILARITY}):
                return list(closest[:SIMILAR_MAX])
        except TooLong:
            alike = named.alias(order=NameOrder()).filter(order=folded).order_by("id")
            return list(alike[:SIMILAR_MAX])

    def with_summary(self) -> "ItemQuerySet":
        """Add `summary`, the beginning of the description, and leave the rest in the database."""
        return self.defer("description").annotate(summary=Left("description", SUMMARY_LENGTH))

    def get_or_404(self, pk: int) -> "Item":
        """Return one item; raise Http404 with a sentence where it is not."""
        try:
            return self.get(pk=pk)
        except self.model.DoesNotExist:
            raise no_item(pk)


class ItemManager(models.Manager.from_queryset(ItemQuerySet)):
    def get_queryset(self) -> ItemQuerySet:
        return super().get_queryset().defer("search", "json")  # each as long as the item itself


class Item(models.Model):
    name = models.CharField(
        gettext_lazy("name"),
        max_length=NAME_MAX_LENGTH,
        validators=[
            ProhibitNullCharactersValidator(),
            no_lone_surrogates,
            RegexValidator(NAME_VISIBLE, NAME_VISIBLE_MESSAGE, "required"),
            RegexValidator(NAME_UNTRIMMED, NAME_UNTRIMMED_MESSAGE, "untrimmed", inverse_match=True),
            RegexValidator(NAME_CONTROL, NAME_CONTROL_MESSAGE, "control", inverse_match=True),
        ],
    )
    description = models.TextField(
        gettext_lazy("description"),
        blank=True,
        default="",
        db_default="",
        validators=[
            ProhibitNullCharactersValidator(),
            no_lone_surrogates,
            MaxLengthValidator(DESCRIPTION_MAX_LENGTH),
        ],
    )
    created_at = models.DateTimeField(gettext_lazy("added"), db_default=Now(), editable=False)
    # These two are kept by a trigger; the second counts changes.
    updated_at = models.DateTimeField(gettext_lazy("changed"), db_default=Now(), editable=False)
    version = models.BigIntegerField(gettext_lazy("version"), db_default=1, editable=False)
    search = models.GeneratedField(
        expression=Fold(
            Concat("name", models.Value("\n"), "description", output_field=models.TextField())
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    json = models.GeneratedField(
        expression=AsJson(*JSON_KEYS), output_field=models.TextField(), db_persist=True
    )

    objects = ItemManager()

    class Meta:
        verbose_name = gettext_lazy("item")
        verbose_name_plural = gettext_lazy("items")
        constraints = [
            models.CheckConstraint(
                name="item_name_visible",
                condition=models.Q(name__regex=NAME_VISIBLE),
                violation_error_message=NAME_VISIBLE_MESSAGE,
            ),
            models.CheckConstraint(
                name="item_name_trimmed",
                condition=~models.Q(name__regex=NAME_UNTRIMMED),
                violation_error_message=NAME_UNTRIMMED_MESSAGE,
            ),
            models.CheckConstraint(
                name="item_name_one_line",
                condition=~models.Q(name__regex=NAME_CONTROL),
                violation_error_message=NAME_CONTROL_MESSAGE,
            ),
            models.CheckConstraint(
                name="item_description_length",
                condition=LessThanOrEqual(Length("description"), DESCRIPTION_MAX_LENGTH),
                violation_error_message=DESCRIPTION_LENGTH_MESSAGE,
            ),
        ]
        indexes = [
            GinIndex(OpClass("search", "gin_trgm_ops"), name="item_search"),
            GinIndex(OpClass(FoldedName(), "gin_trgm_ops"), name="item_name_search"),
            models.Index(NameOrder(), "id", name="item_by_name"),
            models.Index("updated_at", "id", name="item_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("items:detail", args=[self.pk])

    def validate_constraints(self, exclude=None) -> None:
        """Ask PostgreSQL nothing: the fields' validators hold the same rules.

        Django would send one query per constraint, before the INSERT meets them all.
        """


class StoredAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key; idempotency.py writes and reads it."""

    owner = models.CharField(max_length=40)  # whose key it is; empty: a visitor's
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()  # SHA-256 of the request's body
    body = models.TextField()
    location = models.TextField()
    etag = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("owner", "key", name="storedanswer_key")]
        indexes = [models.Index("created_at", name="storedanswer_by_age")]

    def __str__(self) -> str:
        return self.key
