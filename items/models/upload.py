"""Spreadsheets between their preview and the click that imports them.

The tables are unlogged: any worker sees them, and a crash empties them. There are no foreign keys,
which would check a million rows one by one.
"""

import uuid

from django.db import models
from django.db.models.functions import Now

from items.models.item import WRITABLE


class Upload(models.Model):
    """A file that was sent, how it was read, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=40, blank=True)  # the user's number; empty: a visitor
    file_name = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, default="sent")  # sent, staged or imported
    options = models.JSONField(default=dict)  # what a person chose, for the reader and for staging
    about = models.JSONField(default=dict)  # what the reader said of the file
    counts = models.JSONField(default=dict)  # rows of each status
    seen = models.TextField(blank=True)  # the oldest transaction that the preview could not see
    result = models.JSONField(null=True)  # of the import: items added and changed, its change set

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index("owner", "created_at", name="upload_by_owner"),
            models.Index("created_at", name="upload_by_age"),
        ]

    def __str__(self) -> str:
        return self.file_name


class UploadChunk(models.Model):
    """A part of an upload's file."""

    pk = models.CompositePrimaryKey("upload_id", "place")
    upload_id = models.UUIDField()
    place = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.upload_id} {self.place}"


class Staged(models.Model):
    """A row of an upload, compared with the list. A field that is NULL is left as it is."""

    pk = models.CompositePrimaryKey("upload_id", "line")
    upload_id = models.UUIDField()
    line = models.IntegerField()
    # new, changed, unchanged, repeated, close or wrong; after the import also outdated
    row_status = models.CharField(max_length=10)  # no field of an item is likely to be called so
    item = models.BigIntegerField(null=True)  # the item that the row is
    version = models.BigIntegerField(null=True)  # of this item, or of the close one
    twin_item = models.BigIntegerField(null=True)  # the item that it is close to
    twin_line = models.IntegerField(null=True)  # the line that it repeats or is close to
    # To be added below the description of the close item, if it is changed
    lines = models.TextField(blank=True, default="", db_default="")
    problem = models.JSONField(null=True)  # [{"column": "name", "code": "required"}]

    class Meta:
        default_permissions = ()
        indexes = [models.Index("upload_id", "row_status", "line", name="staged_by_status")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.line}"


for _field in WRITABLE:
    Staged.add_to_class(_field, models.TextField(null=True))
