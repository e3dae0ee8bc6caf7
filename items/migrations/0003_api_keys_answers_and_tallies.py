"""API keys, the answers kept for retries, and counts of what somebody tried."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    replaces = [("items", "0004_api_key"), ("items", "0006_tally")]
    dependencies = [
        ("items", "0002_editors_and_readers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("hint", models.CharField(editable=False, max_length=4, verbose_name="hint")),
                (
                    "read_only",
                    models.BooleanField(db_default=False, default=False, verbose_name="read-only"),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=Now(), editable=False, verbose_name="created"),
                ),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expires"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="revoked"
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last used"
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "constraints": [
                    models.UniqueConstraint(fields=["digest"], name="api_key_digest"),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="api_key_digest_sha256",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="api_key_name_given",
                        violation_error_message="This field is required.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=["user", "name"],
                        name="api_key_name",
                        violation_error_message=(
                            "A key with this name already exists. "
                            "Choose another name, or revoke that key first."
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField()),
                ("body", models.TextField()),
                ("location", models.TextField()),
                ("etag", models.TextField()),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "indexes": [models.Index(models.F("created_at"), name="storedanswer_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("owner"), models.F("key"), name="storedanswer_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("bucket", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("events", models.IntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(models.F("ends_at"), name="tally_by_end")]},
        ),
        # Counting then waits for no disk. A crash empties the table, and counting begins again.
        migrations.RunSQL(
            "ALTER TABLE items_tally SET UNLOGGED", "ALTER TABLE items_tally SET LOGGED"
        ),
    ]
