"""The item, its rules, and the questions asked of the table."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
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
from items.models.functions import JSON_KEYS, AsJson, Fold, FoldedName, Holds, NameOrder
from items.models.rules import (
    DESCRIPTION_LENGTH_MESSAGE,
    DESCRIPTION_MAX_LENGTH,
    NAME_CONTROL,
    NAME_CONTROL_MESSAGE,
    NAME_MAX_LENGTH,
    NAME_UNTRIMMED,
    NAME_UNTRIMMED_MESSAGE,
    NAME_VISIBLE,
    NAME_VISIBLE_MESSAGE,
    no_lone_surrogates,
)

SUMMARY_LENGTH = 200  # characters of the description in a list

SIMILAR_MAX = 5  # names that are shown
SIMILAR_TIMEOUT_MS = 150  # it is only a hint
SIMILARITY = 0.4  # of 1: trigrams in common


def no_item(pk: int) -> Http404:
    return Http404(gettext("There is no item %(number)s.") % {"number": pk})


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
