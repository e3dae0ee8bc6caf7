"""Indexes for the orders of the list, and the answers kept for retries."""

from django.db import migrations, models
from django.db.models.functions import Left, Now

import items.models.functions
import items.models.rules


class Migration(migrations.Migration):
    dependencies = [("items", "0002_groups")]
    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                Left(items.models.functions.Fold("name"), 200), models.F("id"), name="item_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(models.F("updated_at"), models.F("id"), name="item_by_change"),
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
    ]
