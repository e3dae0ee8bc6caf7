"""The item as scripts get it: written when it changes, not each time it is read.

This rewrites the table and its indexes under a lock: about 50 s for a million items.
"""

from django.db import migrations, models

import items.models.functions
import items.models.rules

# to_json and to_char are only STABLE, because of other types and patterns, which ask the settings.
# Of a text, and of digits in UTC, they always make the same.
MICROSECONDS = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
JSON = f"""
CREATE FUNCTION items_json(
    id bigint, name text, description text, created_at timestamptz, updated_at timestamptz
)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{{"id":' || id
    || ',"name":' || to_json(name)
    || ',"description":' || to_json(description)
    || ',"created_at":"' || to_char(created_at AT TIME ZONE 'UTC', {MICROSECONDS})
    || '","updated_at":"' || to_char(updated_at AT TIME ZONE 'UTC', {MICROSECONDS})
    || '"}}'
"""


class Migration(migrations.Migration):
    dependencies = [("items", "0004_api_key")]
    operations = [
        migrations.RunSQL(
            JSON, "DROP FUNCTION items_json(bigint, text, text, timestamptz, timestamptz)"
        ),
        migrations.AddField(
            model_name="item",
            name="json",
            field=models.GeneratedField(
                db_persist=True,
                expression=items.models.functions.AsJson(
                    "id", "name", "description", "created_at", "updated_at"
                ),
                output_field=models.TextField(),
            ),
        ),
    ]
