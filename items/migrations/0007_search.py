"""What a search asks, as functions; the order by name and close matches, as indexes.

Made beside the running site: neither reading nor writing waits. Ended half-way, it can begin
again.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import items.models.functions
import items.models.rules

# Of a word of two letters the index knows only where a word begins, so that is where they are
# looked for. Both conditions say so: LIKE and ~ alone would read every item.
FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION items_contains(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '%' || regexp_replace(items_fold(word), '([\\%_])', '\\\1', 'g') || '%';

CREATE OR REPLACE FUNCTION items_holds(folded text, word text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN word ~ '^[A-Za-z0-9]$' THEN folded ~ ('\m' || lower(word))
    WHEN word ~ '^[A-Za-z0-9]{2}$' THEN folded ~ ('\m' || lower(word)) AND folded %> lower(word)
    ELSE folded LIKE items_contains(word)
END;
"""
DROP_FUNCTIONS = "DROP FUNCTION items_holds(text, text); DROP FUNCTION items_contains(text)"

# How many items hold a word is judged by a sample of them; of 100 a word in one of a thousand
# would often be missing.
STATISTICS = """
ALTER TABLE items_item ALTER COLUMN search SET STATISTICS {0};
ALTER INDEX item_name_search ALTER COLUMN 1 SET STATISTICS {0};
ANALYZE items_item;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("items", "0006_tally")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        RemoveIndexConcurrently(model_name="item", name="item_by_name"),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(items.models.functions.NameOrder(), "id", name="item_by_name"),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS item_name_search", ""),
        AddIndexConcurrently(
            model_name="item",
            index=GinIndex(
                OpClass(items.models.functions.FoldedName(), "gin_trgm_ops"),
                name="item_name_search",
            ),
        ),
        migrations.RunSQL(STATISTICS.format(1000), STATISTICS.format(-1)),
    ]
