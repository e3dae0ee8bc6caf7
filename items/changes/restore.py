"""Bring back an older version of one item, also of a deleted one.

To restore deleted items undo the change set that deleted them: undo(..., items=[pk]).
"""

from items.changes.recording import Author, recorded
from items.changes.undo_sql import COLUMNS, DEFAULTS
from items.database.sql import fetch
from items.models.item import WRITABLE


class NoVersion(LookupError):
    """The version never existed, or its texts are no longer in the history."""


def _old_value(column: str) -> str:
    """Return the SQL of a column in the version: the next change found it, or it is still so."""
    return f"""
        LEFT JOIN LATERAL (
            SELECT {column} AS was, is_erased FROM items_change
            WHERE item_id = %(item)s AND version > %(version)s AND {column} IS NOT NULL
            ORDER BY version LIMIT 1
        ) AS of_{column} ON TRUE
    """


# A version exists if a change made it, or if one found it: then it can be older than the history.
FIND = f"""
    SELECT {" OR ".join(f"coalesce(of_{column}.is_erased, FALSE)" for column in COLUMNS)},
        {", ".join(f"coalesce(of_{column}.was, item.{column})" for column in COLUMNS)}
    FROM (SELECT %(item)s::bigint AS id) AS wanted
    LEFT JOIN items_item AS item USING (id)
    {"".join(map(_old_value, COLUMNS))}
    WHERE EXISTS (
        SELECT FROM items_change
        WHERE item_id = %(item)s AND (version = %(version)s AND kind <> 'd'
            OR version - 1 = %(version)s AND kind <> 'a')
    )
"""
LOCK = "SELECT id FROM items_item WHERE id = %(item)s FOR UPDATE"
EDIT = f"""
    UPDATE items_item SET {", ".join(f"{column} = %(new_{column})s" for column in COLUMNS)}
    WHERE id = %(item)s AND ({", ".join(COLUMNS)})
        IS DISTINCT FROM ({", ".join(f"%(new_{column})s" for column in COLUMNS)})
    RETURNING id
"""
ADD = f"""
    INSERT INTO items_item (id, version, {", ".join(COLUMNS)})
    SELECT item_id, max(version) + 1,
        {", ".join(f"coalesce(%(new_{field})s, %(default_{field})s)" for field in WRITABLE)},
        %(new_created_at)s
    FROM items_change WHERE item_id = %(item)s GROUP BY item_id
    RETURNING id
"""
# Returns the number of the new change set.
NOTE_VERSION = """
    UPDATE items_change AS change SET same_as = coalesce(
        (SELECT same_as FROM items_change WHERE item_id = %(item)s AND version = %(version)s),
        %(version)s
    )
    WHERE change_set_id = current_setting('itemsite.change_set')::bigint AND item_id = %(item)s
    RETURNING change_set_id
"""


def restore_version(item_id: int, version: int, author: Author) -> int | None:
    """Give an item the texts of an older version; return the new change set.

    It is None if the item has these texts already. A deleted item gets its id back: that needs the
    permission to add, everything else the one to change. Raise NoVersion.
    """
    values: dict = {"item": item_id, "version": version}
    with recorded(author):
        exists = fetch(LOCK, values)
        found = fetch(FIND, values)
        if not found or found[0][0]:
            raise NoVersion
        new = {f"new_{column}": value for column, value in zip(COLUMNS, found[0][1:], strict=True)}
        if not fetch(EDIT if exists else ADD, values | new | DEFAULTS):
            return None
        return fetch(NOTE_VERSION, values)[0][0]
