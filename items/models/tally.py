from django.db import models


class Tally(models.Model):
    """The number of events since a window began. The table is unlogged: a crash empties it."""

    bucket = models.CharField(
        max_length=64, primary_key=True
    )  # SHA-256 of the limit and the client
    events = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("ends_at", name="tally_by_end")]

    def __str__(self) -> str:
        return self.bucket
