"""What somebody tried since a window began: items/access/rate_limit.py."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0005_item_json")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("bucket", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("events", models.IntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(models.F("ends_at"), name="tally_by_end")]},
        ),
        # Counting then waits for no disk. A crash empties the table, and counting begins anew.
        migrations.RunSQL(
            "ALTER TABLE items_tally SET UNLOGGED", "ALTER TABLE items_tally SET LOGGED"
        ),
    ]
