from django.db import models


class Tally(models.Model):
    """What somebody did since a window began. The table is not logged: a crash empties it."""

    bucket = models.CharField(max_length=64, primary_key=True)  # SHA-256 of the limit and of whom
    events = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("ends_at", name="tally_by_end")]

    def __str__(self) -> str:
        return self.bucket
