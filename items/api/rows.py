"""Items as JSON, which PostgreSQL builds when it reads a row."""

from collections.abc import Sequence
from typing import NamedTuple

from items.changes.recording import SET, Author
from items.database.sql import fetch
from items.models import Item
from items.models.item import WRITABLE, no_item
from items.models.item_json import ITEM_JSON

COLUMNS = ", ".join(WRITABLE)
ROW = f"SELECT id, version, {ITEM_JSON} FROM items_item WHERE id = %s"
# Who writes is told in the same statement, which is cheaper than a transaction of two.
INSERT = f"""
    INSERT INTO items_item ({COLUMNS})
    SELECT {", ".join(["%s"] * len(WRITABLE))} WHERE {SET} <> ''
    RETURNING id, version, {ITEM_JSON}
"""
INSERT_MANY = f"""
    WITH told AS MATERIALIZED (
        SELECT {SET}
    ), item AS (
        INSERT INTO items_item ({COLUMNS})
        SELECT {COLUMNS}
        FROM unnest({", ".join(["%s::text[]"] * len(WRITABLE))}) WITH ORDINALITY
            AS given ({COLUMNS}, place), told
        ORDER BY place
        RETURNING id, version, {ITEM_JSON} AS json
    )
    SELECT id, version, json FROM item ORDER BY id
"""


class JsonRow(NamedTuple):
    """The JSON text of an item, and the values for the headers of its answer."""

    id: int
    version: int
    text: str


def read(pk: int) -> JsonRow:
    """Return one item; raise Http404 with a message if it does not exist."""
    rows = fetch(ROW, [pk])
    if not rows:
        raise no_item(pk)
    return JsonRow(*rows[0])


def insert(item: Item, author: Author) -> JsonRow:
    texts = [getattr(item, field) for field in WRITABLE]
    return JsonRow(*fetch(INSERT, [*texts, author.told()])[0])


def insert_many(items: Sequence[Item], author: Author) -> list[JsonRow]:
    """Insert items with one statement and return them in the same order."""
    columns = [[getattr(item, field) for item in items] for field in WRITABLE]
    return [JsonRow(*row) for row in fetch(INSERT_MANY, [author.told(), *columns])]
