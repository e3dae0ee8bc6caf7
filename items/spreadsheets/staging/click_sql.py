"""The statements of an import: what was staged, and is still as it was, goes into the list."""

from items.models.functions import CODE_POINT_ORDER
from items.models.item import WRITABLE, max_length
from items.spreadsheets.staging.rules_sql import COLUMNS, FOLDED, LINES_FIELD

FOLDED_OF_ITEM = CODE_POINT_ORDER.replace("search", "i.search")
LOCK_NAME = "itemsite import"
TRY_LOCK = f"SELECT pg_try_advisory_xact_lock(hashtext('{LOCK_NAME}'))"
LOCK = f"SELECT pg_advisory_xact_lock(hashtext('{LOCK_NAME}'))"


def _changed_to(field: str) -> str:
    """Return the SQL of an item's text after a row that is close to it, and shall change it."""
    text = f"coalesce(s.{field}, i.{field})"
    if field != LINES_FIELD:
        return text
    return f"CASE s.lines WHEN '' THEN {text} ELSE items_with_lines(i.{field}, s.lines) END"


CHOSEN = f"line, row_status, item, version, {COLUMNS}, folded"
CHOOSE = f"""
    CREATE TEMP TABLE chosen ON COMMIT DROP AS
    SELECT line, CASE row_status WHEN 'changed' THEN 'changed' ELSE 'new' END AS row_status, item,
        CASE row_status WHEN 'changed' THEN version END AS version, {COLUMNS}, {FOLDED} AS folded
    FROM items_staged
    WHERE upload_id = %(upload)s AND line <> %(total_line)s AND (
        row_status = 'changed' AND %(may_change)s
        OR %(may_add)s AND (row_status = 'new' OR row_status = 'close' AND %(close)s = 'add'
            OR row_status = 'repeated' AND %(repeated)s = 'add' AND item IS NULL)
    )
"""
# A close row changes its item only if no other row wants to, and if the new text fits.
CHOOSE_CLOSE = f"""
    INSERT INTO chosen ({CHOSEN})
    SELECT *, NULL FROM (
        SELECT s.line, 'changed', i.id, s.version, {", ".join(map(_changed_to, WRITABLE))}
        FROM (
            SELECT *, count(*) OVER (PARTITION BY twin_item) AS times FROM items_staged
            WHERE upload_id = %(upload)s AND row_status = 'close' AND twin_item IS NOT NULL
                AND line <> %(total_line)s
        ) AS s JOIN items_item AS i ON i.id = s.twin_item
        WHERE times = 1 AND NOT EXISTS (SELECT FROM chosen WHERE item = s.twin_item)
    ) AS close (line, row_status, item, version, {COLUMNS})
    WHERE {" AND ".join(f"length({field}) <= {max_length(field)}" for field in WRITABLE)}
"""
# How many rows these choices would import; of the close ones in so far as their texts fit.
COUNT_OFFERED = """
    SELECT
        (SELECT count(*) FROM (
            SELECT FROM items_staged
            WHERE upload_id = %(upload)s AND row_status IN ('close', 'changed')
            GROUP BY CASE row_status WHEN 'changed' THEN item ELSE twin_item END
            HAVING count(*) = 1 AND min(row_status) = 'close' AND min(twin_item) IS NOT NULL
        ) AS alone),
        count(*) FILTER (WHERE row_status = 'repeated' AND item IS NULL),
        count(*) FILTER (WHERE line = %(total_line)s AND row_status IN ('new', 'changed'))
    FROM items_staged
    WHERE upload_id = %(upload)s AND (row_status = 'repeated' OR line = %(total_line)s)
"""
# Items of the name of a new row that came after the preview
FIND_OUTDATED_NEW = f"""
    CREATE TEMP TABLE outdated ON COMMIT DROP AS
    SELECT line, min(i.id) AS item, 'added_since' AS code
    FROM chosen AS c JOIN items_item AS i ON {FOLDED_OF_ITEM} = c.folded AND i.name = c.name
    WHERE row_status = 'new' AND age(i.xmin) <= age(%(seen)s::xid8::xid)
    GROUP BY line
"""
# In order of id, as everything that locks many items does: then two cannot wait for each other.
LOCK_ITEMS = """
    SELECT count(*) FROM (
        SELECT FROM items_item WHERE id IN (SELECT item FROM chosen WHERE row_status = 'changed')
        ORDER BY id FOR UPDATE
    ) AS locked
"""
FIND_OUTDATED_CHANGED = """
    INSERT INTO outdated
    SELECT line, c.item, CASE WHEN i.id IS NULL THEN 'deleted_since' ELSE 'changed_since' END
    FROM chosen AS c LEFT JOIN items_item AS i ON i.id = c.item
    WHERE row_status = 'changed' AND i.version IS DISTINCT FROM c.version
"""
LEAVE_OUT = "DELETE FROM chosen USING outdated WHERE outdated.line = chosen.line"
CHANGE = f"""
    UPDATE items_item AS i SET {", ".join(f"{field} = c.{field}" for field in WRITABLE)}
    FROM chosen AS c WHERE row_status = 'changed' AND i.id = c.item
"""
ADD = f"""
    INSERT INTO items_item ({COLUMNS})
    SELECT {", ".join(f"coalesce({field}, '')" for field in WRITABLE)}
    FROM chosen WHERE row_status = 'new' ORDER BY line
"""
NOTE_OUTDATED = """
    UPDATE items_staged AS s SET row_status = 'outdated', twin_item = o.item,
        problem = jsonb_build_array(jsonb_build_object('code', o.code, 'item', o.item))
    FROM outdated AS o WHERE s.upload_id = %(upload)s AND s.line = o.line
"""
# A row that would have been imported, but for what a person chose
NOTE_TOTAL = """
    UPDATE items_staged SET row_status = 'wrong',
        problem = jsonb_build_array(jsonb_build_object('code', 'sum_line', 'line', line))
    WHERE upload_id = %(upload)s AND line = %(total_line)s AND row_status IN ('new', 'changed')
"""
# Rows for which the rights were lost after the preview
NOTE_REFUSED = """
    UPDATE items_staged SET row_status = 'wrong', problem = jsonb_build_array(jsonb_build_object(
        'code', CASE row_status WHEN 'new' THEN 'may_not_add' ELSE 'may_not_change' END))
    WHERE upload_id = %(upload)s AND (
        row_status = 'new' AND NOT %(may_add)s OR row_status = 'changed' AND NOT %(may_change)s)
"""
# Rows that would have been left out, but for what a person chose
NOTE_CHOSEN = """
    UPDATE items_staged AS s SET row_status = c.row_status, item = c.item
    FROM chosen AS c
    WHERE s.upload_id = %(upload)s AND s.line = c.line AND s.row_status IN ('close', 'repeated')
"""
COUNT_CHOSEN = """
    SELECT count(*) FILTER (WHERE row_status = 'new'),
        count(*) FILTER (WHERE row_status = 'changed')
    FROM chosen
"""
COUNT_STAGED = """
    SELECT row_status, count(*) FROM items_staged WHERE upload_id = %(upload)s GROUP BY row_status
"""
STAGE_APART = "CREATE TEMP TABLE items_staged (LIKE items_staged) ON COMMIT DROP"
