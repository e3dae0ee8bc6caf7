"""Migrate a database that has the stored column `json` to the schema of the three files before.

PostgreSQL drops a column at once, whatever the size of the table; the space is freed when rows are
written, or by VACUUM FULL. On a new database this changes nothing.
"""

from django.db import migrations

DROP = """
ALTER TABLE items_item DROP COLUMN IF EXISTS json;
DROP FUNCTION IF EXISTS items_json(bigint, text, text, timestamptz, timestamptz);
"""

# As in 0001: the trigger compares the columns that people and scripts write, by name.
TRIGGER = """
CREATE OR REPLACE TRIGGER items_item_touch BEFORE UPDATE ON items_item FOR EACH ROW
WHEN ((OLD.name, OLD.description) IS DISTINCT FROM (NEW.name, NEW.description))
EXECUTE FUNCTION items_item_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("items", "0003_api_keys_answers_and_tallies")]
    operations = [
        migrations.RunSQL(DROP),  # there is no way back
        migrations.RunSQL(TRIGGER, migrations.RunSQL.noop),
    ]
