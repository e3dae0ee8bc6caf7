"""The item, its rules and its queries."""

from collections.abc import Sequence

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Concat, Left, Now
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from items.database.sql import TooLong, limited
from items.models.functions import ContainsWord, code_point_order, fold, folded_name, natural_key
from items.models.rules import (
    DESCRIPTION_MAX_LENGTH,
    NAME_MAX_LENGTH,
    NAME_VISIBLE,
    NAME_VISIBLE_MESSAGE,
    ONE_LINE,
    TEXT,
    one_line_constraints,
    shown_times,
    text_constraints,
    unify_line_ends,
)

# The fields that people and scripts write. The form, the JSON endpoint, the import and the search
# all use this tuple; the name comes first. To add a field, see docs/adding-a-field.md.
WRITABLE = ("name", "description")
JSON_KEYS = ("id", *WRITABLE, "created_at", "updated_at")

# The fields after the name; a list shows the beginning of their texts.
EXCERPTED = " || E'\\n' || ".join(WRITABLE[1:])
SUMMARY_LENGTH = 200  # characters in a list

SIMILAR_MAX = 5  # names that are shown
SIMILAR_TIMEOUT_MS = 150  # short, because it is only a hint
SIMILARITY = 0.4  # of 1: trigrams in common


def no_item(pk: int) -> Http404:
    return Http404(gettext("There is no item %(number)s.") % {"number": pk})


def _lines(fields: Sequence[str]) -> str | models.Expression:
    """Return the texts of these fields, joined by line breaks."""
    texts = [text for field in fields for text in (models.Value("\n"), field)][1:]
    return Concat(*texts, output_field=models.TextField()) if len(texts) > 1 else texts[0]


class ItemQuerySet(models.QuerySet):
    def matching(self, *words: str) -> "ItemQuerySet":
        """Keep items that contain every word in one of their texts, ignoring case and accents."""
        items = self
        for word in words:
            items = items.filter(ContainsWord("search", models.Value(word)))
        return items

    def similar_to(self, name: str) -> list["Item"]:
        """Return the items with the most similar names; only equal names if that takes too long."""
        wanted = Left(fold(models.Value(name)), NAME_MAX_LENGTH)
        named = self.only("name")
        similar = named.alias(folded=folded_name()).filter(folded__trigram_similar=wanted)
        closest = similar.order_by(TrigramSimilarity("folded", wanted).desc(), "id")
        try:
            with limited(SIMILAR_TIMEOUT_MS, {"pg_trgm.similarity_threshold": SIMILARITY}):
                return list(closest[:SIMILAR_MAX])
        except TooLong:
            equal = named.alias(folded=code_point_order()).filter(folded=wanted)
            return list(equal.order_by("id")[:SIMILAR_MAX])

    def with_summary(self) -> "ItemQuerySet":
        """Add `summary`, the beginning of the other texts, without loading these."""
        others = WRITABLE[1:]
        return self.defer(*others).annotate(summary=Left(_lines(others), SUMMARY_LENGTH))

    def get_or_404(self, pk: int) -> "Item":
        """Return one item; raise Http404 with a message if it does not exist."""
        try:
            return self.get(pk=pk)
        except self.model.DoesNotExist:
            raise no_item(pk)


class ItemManager(models.Manager.from_queryset(ItemQuerySet)):
    def get_queryset(self) -> ItemQuerySet:
        return super().get_queryset().defer("search", "name_order")  # as long as the item


class Item(models.Model):
    name = models.CharField(
        gettext_lazy("name"),
        max_length=NAME_MAX_LENGTH,
        validators=[
            *TEXT,
            RegexValidator(NAME_VISIBLE, NAME_VISIBLE_MESSAGE, "required"),
            *ONE_LINE,
        ],
    )
    description = models.TextField(
        gettext_lazy("description"),
        blank=True,
        default="",
        db_default="",
        validators=[*TEXT, MaxLengthValidator(DESCRIPTION_MAX_LENGTH)],
    )
    created_at = models.DateTimeField(gettext_lazy("added"), db_default=Now(), editable=False)
    # A trigger maintains these two; the version counts the changes.
    updated_at = models.DateTimeField(gettext_lazy("changed"), db_default=Now(), editable=False)
    version = models.BigIntegerField(gettext_lazy("version"), db_default=1, editable=False)
    search = models.GeneratedField(
        expression=fold(_lines(WRITABLE)), output_field=models.TextField(), db_persist=True
    )
    name_order = models.GeneratedField(
        expression=natural_key(Left(fold("name"), NAME_MAX_LENGTH)),
        output_field=models.TextField(db_collation="C"),  # the same order on every server
        db_persist=True,
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
            *one_line_constraints("name"),
            *text_constraints("description"),
            models.CheckConstraint(
                name="item_numbers", condition=models.Q(id__gte=1, version__gte=1)
            ),
            models.CheckConstraint(
                name="item_times", condition=shown_times("created_at", "updated_at")
            ),
        ]
        indexes = [
            GinIndex(OpClass("search", "gin_trgm_ops"), name="item_search"),
            GinIndex(OpClass(folded_name(), "gin_trgm_ops"), name="item_name_search"),
            models.Index(code_point_order(), "id", name="item_by_name"),
            models.Index("name_order", "id", name="item_by_natural_name"),
            models.Index("updated_at", "id", name="item_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("items:detail", args=[self.pk])

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return label and text of each field that the item's template does not name."""
        others = [field for field in WRITABLE if field not in ("name", "description")]
        labels = [self._meta.get_field(field).verbose_name for field in others]
        return [(label, getattr(self, field)) for label, field in zip(labels, others, strict=True)]

    def validate_constraints(self, exclude=None) -> None:
        """Skip the constraints: the validators of the fields check the same rules.

        Django would send one query per constraint, and the INSERT checks them all anyway.
        """


OPTIONAL = frozenset(field for field in WRITABLE if Item._meta.get_field(field).blank)
# Only a text of one line is trimmed; in a text of several lines, only the line ends are changed.
TRIMMED = frozenset(
    field for field in WRITABLE if isinstance(Item._meta.get_field(field), models.CharField)
)


def as_saved(field: str, text: str) -> str:
    """Return a text as it is saved. Whitespace is defined by Python, as in rules.py."""
    return text.strip() if field in TRIMMED else unify_line_ends(text)


def max_length(field: str) -> int:
    """Return the maximum number of characters of a field."""
    validators = Item._meta.get_field(field).validators
    return min(rule.limit_value for rule in validators if isinstance(rule, MaxLengthValidator))
