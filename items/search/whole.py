"""A whole list in its order, as one SQL statement with many items in each of its rows.

One statement sees one snapshot: an item that is renamed in the meantime is neither lost nor
doubled. Rows of many items cost a tenth of the time that rows of one item take in the client.
"""

from items.search.ranking import conditions
from items.search.selection import Selection
from items.search.sorting import BY_CODE_POINTS, ORDERS, RANK_ORDERS, Order
from items.search.words import Search

ITEMS = 500  # in one row: of 10,000 characters each, these are 5 megabytes


def whole_sql(text: str, wanted: Selection) -> str:
    """Return the SQL whose rows are the texts of up to ITEMS items, one behind the other.

    `text` is the SQL expression of one item's text. The parameters are those of the search.
    """
    if not wanted.words:
        return _by_index(text, ORDERS[wanted.sort])
    if wanted.search.is_empty:
        return "SELECT '' WHERE FALSE"
    return _by_ids(text, wanted)


def _by_index(text: str, order: Order) -> str:
    """Walk along the index of an order, and find in it where each row begins."""
    keys, by = ", ".join(order.keys), order.by(backwards=False)
    begins = ", ".join(f"chunk.{alias}" for alias in order.aliases)
    beyond = "<=" if order.descending else ">="
    rest = f"FROM items_item WHERE ({keys}) {beyond} ({begins}) ORDER BY {by}"
    return f"""
        WITH RECURSIVE chunk ({", ".join(order.aliases)}) AS (
            (SELECT {keys} FROM items_item ORDER BY {by} LIMIT 1)
            UNION ALL
            SELECT next.* FROM chunk, LATERAL (SELECT {keys} {rest} OFFSET {ITEMS} LIMIT 1) AS next
        )
        SELECT (
            SELECT string_agg(text, '') FROM (SELECT {text} AS text {rest} LIMIT {ITEMS}) AS item
        ) FROM chunk
    """


def _by_ids(text: str, wanted: Selection) -> str:
    """Gather the ids in order, 8 bytes each, and read their items by them."""
    ids = "(SELECT ids FROM found)"
    return f"""
        WITH found AS MATERIALIZED (
            {_best(wanted.search) if wanted.sort == "best" else _sorted(wanted)}
        )
        SELECT (
            SELECT string_agg({text}, '' ORDER BY place)
            FROM unnest({ids}[first:first + {ITEMS - 1}]) WITH ORDINALITY AS hit (id, place)
            JOIN items_item USING (id)
        ) FROM generate_series(1, (SELECT cardinality(ids) FROM found), {ITEMS}) AS first
    """


def _sorted(wanted: Selection) -> str:
    by = ORDERS[wanted.sort].by(backwards=False)
    return (
        f"SELECT array_agg(id ORDER BY {by}) AS ids FROM items_item WHERE {wanted.search.matches}"
    )


def _best(search: Search) -> str:
    """Return the ids by rank, and within each rank by its order."""
    ranks = [
        f"SELECT id, {rank} AS rank, {_key(order)} AS key, {_place(order)} AS place"
        f" FROM items_item WHERE {condition}"
        for rank, (condition, order) in enumerate(zip(conditions(search), RANK_ORDERS, strict=True))
        if condition
    ]
    hits = " UNION ALL ".join(ranks)
    return f"SELECT array_agg(id ORDER BY rank, key, place) AS ids FROM ({hits}) AS hit"


def _key(order: Order) -> str:
    return order.keys[0] if order is BY_CODE_POINTS else """NULL COLLATE "C" """


def _place(order: Order) -> str:
    return "-id" if order.descending else "id"
