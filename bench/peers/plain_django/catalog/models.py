from django.db import models
from django.db.models.functions import Now


class Item(models.Model):
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())  # so that COPY can leave it out

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name
