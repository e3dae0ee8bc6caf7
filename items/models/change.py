"""The history: triggers write these tables, whoever changes an item.

A change contains only what was there before, and only of the fields that changed. The new text is
the old one of a later change, or what the item contains; the view `items_history` shows both.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from items.models.item import WRITABLE

WAY_LABELS = {
    "page": gettext_lazy("Website"),
    "json": gettext_lazy("API"),
    "admin": gettext_lazy("Admin"),
    "import": gettext_lazy("Import"),
    "command": gettext_lazy("Command"),
    "database": gettext_lazy("Database"),
    "start": gettext_lazy("Start of the history"),
}


class ChangeSet(models.Model):
    """All that one request, command or transaction did, with who did it.

    There is no foreign key to the user: every write would lock the user's row, and who did
    something is kept when the account is deleted.
    """

    # The clock's time when the id was given, so that both have the same order
    made_at = models.DateTimeField()
    undoes_id = models.BigIntegerField(null=True)  # the change set that this one takes back
    user_id = models.IntegerField()  # 0: no account
    added = models.IntegerField()  # items, as the next two
    changed = models.IntegerField()
    deleted = models.IntegerField()
    way = models.CharField(max_length=10)  # one of WAY_LABELS
    who = models.CharField(max_length=150)  # the name at that time; empty: a visitor
    # The name of the key or the file, the command, or the program that the database was told
    detail = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index("made_at", name="changeset_by_time"),
            models.Index("user_id", "id", name="changeset_by_user"),
            models.Index("user_id", "way", "id", name="changeset_by_user_and_way"),
            models.Index("way", "id", name="changeset_by_way"),
            models.Index(
                "undoes_id", name="changeset_by_undone", condition=Q(undoes_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"


class Change(models.Model):
    """One item in one version, and what was there before it: NULL means "the same"."""

    pk = models.CompositePrimaryKey("item_id", "version")
    item_id = models.BigIntegerField()
    version = models.BigIntegerField()  # that the change made; a deletion makes one too
    change_set_id = models.BigIntegerField()
    same_as = models.BigIntegerField(null=True)  # the version that an undo brought back; 0: none
    created_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=1)  # a: added, c: changed, d: deleted
    is_erased = models.BooleanField(default=False, db_default=False)  # its texts are emptied

    class Meta:
        default_permissions = ()
        indexes = [models.Index("change_set_id", "item_id", "version", name="change_by_set")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.version}"


for _field in WRITABLE:
    Change.add_to_class(_field, models.TextField(null=True))
