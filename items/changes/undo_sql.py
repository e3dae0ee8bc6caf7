"""The statements of an undo; undo.py sends them."""

from items.models import Item
from items.models.item import WRITABLE

COLUMNS = (*WRITABLE, "created_at")

# The changes of the change set, of all its items or of some
CHOSEN = """change_set_id = %(change_set)s
    AND (%(items)s::bigint[] IS NULL OR item_id = ANY(%(items)s))"""


def _default(field: str) -> str:
    """Return the text for an item that was deleted before the field existed."""
    default = getattr(Item._meta.get_field(field), "db_default", None)
    return default if isinstance(default, str) else ""


DEFAULTS = {f"default_{field}": _default(field) for field in WRITABLE}


def _first(column: str) -> str:
    """Return the SQL of what the column contained before the first change of a group."""
    found = f"array_agg({column} ORDER BY version) FILTER (WHERE {column} IS NOT NULL)"
    return f"({found})[1] AS {column}"


# What the change set did to each item in sum, and as which version it found and left the item; 0 is
# "not there". The version that an undo brought back counts as the same. An item that the change set
# both added and deleted is left out. is_free: the item is as the change set left it. is_back: it is
# as the change set found it, so there is nothing to do.
JUDGED = f"""
    did AS MATERIALIZED (
        SELECT item_id, min(version) AS first_version, bool_or(is_erased) AS is_erased,
            (array_agg(coalesce(same_as, version) ORDER BY version DESC))[1] AS left_as,
            (array_agg(kind ORDER BY version))[1] = 'a' AS is_made,
            (array_agg(kind ORDER BY version DESC))[1] = 'd' AS is_gone,
            {", ".join(map(_first, COLUMNS))}
        FROM items_change
        WHERE {CHOSEN}
        GROUP BY item_id
    ), judged AS MATERIALIZED (
        SELECT did.*, now.version, now.change_set_id, now.kind,
            now.is_as = left_as AND (is_made OR NOT is_erased) AS is_free,
            now.is_as <> left_as AND now.is_as = found_as AS is_back
        FROM did
        CROSS JOIN LATERAL (
            SELECT version, change_set_id, kind, coalesce(same_as, version) AS is_as
            FROM items_change WHERE item_id = did.item_id ORDER BY version DESC LIMIT 1
        ) AS now
        CROSS JOIN LATERAL (
            SELECT coalesce(max(same_as), first_version - 1) AS found_as
            FROM items_change WHERE item_id = did.item_id AND version = first_version - 1
        ) AS before
        WHERE NOT (is_made AND is_gone)
    )
"""

PREVIEW = f"""
    WITH {JUDGED}
    SELECT count(*) FILTER (WHERE is_free AND is_made),
        count(*) FILTER (WHERE is_free AND NOT is_made AND NOT is_gone),
        count(*) FILTER (WHERE is_free AND is_gone),
        count(*) FILTER (WHERE is_back),
        count(*) FILTER (WHERE NOT is_free AND NOT is_back)
    FROM judged
"""

FIND_CHANGE_SET = "SELECT id FROM items_changeset WHERE id = %(change_set)s"

# Each of these must see what others committed while the one before waited for their locks.
LOCK_CHANGE_SET = f"{FIND_CHANGE_SET} FOR UPDATE"
LOCK_ITEMS = f"""
    SELECT count(*) FROM (
        SELECT FROM items_item
        WHERE id = ANY(ARRAY(SELECT item_id FROM items_change WHERE {CHOSEN}))
        ORDER BY id FOR UPDATE
    ) AS locked
"""
# The version is set so that a change counts even where the text is the same again.
TAKE_BACK = f"""
    WITH {JUDGED}, removed AS (
        DELETE FROM items_item AS item USING judged
        WHERE id = item_id AND item.version = judged.version AND is_free AND is_made
        RETURNING id
    ), changed AS (
        UPDATE items_item AS item
        SET version = item.version + 1,
            {", ".join(f"{c} = coalesce(judged.{c}, item.{c})" for c in COLUMNS)}
        FROM judged
        WHERE id = item_id AND item.version = judged.version
            AND is_free AND NOT is_made AND NOT is_gone
        RETURNING id
    ), restored AS (
        INSERT INTO items_item (id, version, {", ".join(COLUMNS)})
        SELECT item_id, version + 1,
            {", ".join(f"coalesce({field}, %(default_{field})s)" for field in WRITABLE)}, created_at
        FROM judged
        WHERE is_free AND is_gone
        ORDER BY item_id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT (SELECT count(*) FROM removed), (SELECT count(*) FROM changed),
        (SELECT count(*) FROM restored), count(*) FILTER (WHERE is_back),
        count(*) FILTER (WHERE NOT is_back)
    FROM judged
"""
# Returns the number of the new change set. It asks for each item by itself, as the planner knows
# nothing of rows that were just written: a join of 100,000 with as many took minutes.
NOTE_VERSIONS = """
    WITH noted AS (
        UPDATE items_change AS change SET same_as = (
            SELECT coalesce(
                (SELECT same_as FROM items_change AS before
                    WHERE before.item_id = change.item_id AND before.version = first.version - 1),
                first.version - 1
            )
            FROM (
                SELECT min(version) AS version FROM items_change
                WHERE change_set_id = %(change_set)s AND item_id = change.item_id
            ) AS first
        )
        WHERE change_set_id = current_setting('itemsite.change_set')::bigint
    )
    SELECT current_setting('itemsite.change_set')::bigint
"""
EARLIER_UNDO = "SELECT max(id) FROM items_changeset WHERE undoes_id = %(change_set)s"

KEPT = f"""
    WITH {JUDGED}, page AS (
        SELECT * FROM judged WHERE NOT is_free AND NOT is_back AND item_id > %(after)s
        ORDER BY item_id LIMIT %(limit)s
    )
    SELECT item_id, CASE WHEN NOT now.is_erased OR item.id IS NOT NULL
        THEN coalesce(item.name, now.name) END, page.change_set_id, who, way, made_at, page.kind,
        page.is_erased AND NOT is_made
    FROM page
    JOIN items_changeset ON items_changeset.id = page.change_set_id
    JOIN items_change AS now USING (item_id, version)
    LEFT JOIN items_item AS item ON item.id = item_id
    ORDER BY item_id
"""
KINDS = f"SELECT DISTINCT kind FROM items_change WHERE {CHOSEN}"
