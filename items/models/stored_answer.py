from django.db import models
from django.db.models.functions import Now


class StoredAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key; idempotency.py writes and reads it."""

    owner = models.CharField(max_length=40)  # of the key; empty for visitors
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
