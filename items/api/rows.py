"""Items as scripts get them: the JSON text that PostgreSQL keeps of each."""

from collections.abc import Sequence
from typing import NamedTuple

from items.database.sql import fetch
from items.models import Item
from items.models.item import no_item

ROW = "SELECT id, version, json FROM items_item WHERE id = %s"
INSERT = """
    INSERT INTO items_item (name, description) VALUES (%s, %s) RETURNING id, version, json
"""
INSERT_MANY = """
    WITH item AS (
        INSERT INTO items_item (name, description)
        SELECT name, description
        FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (name, description, place)
        ORDER BY place
        RETURNING id, version, json
    )
    SELECT id, version, json FROM item ORDER BY id
"""


class JsonRow(NamedTuple):
    """An item's text, with what its answer's headers need."""

    id: int
    version: int
    text: str


def read(pk: int) -> JsonRow:
    """Return one item; raise Http404 with a sentence where it is not."""
    rows = fetch(ROW, [pk])
    if not rows:
        raise no_item(pk)
    return JsonRow(*rows[0])


def insert(item: Item) -> JsonRow:
    return JsonRow(*fetch(INSERT, [item.name, item.description])[0])


def insert_many(items: Sequence[Item]) -> list[JsonRow]:
    """Write new items in one statement and return them in the same order."""
    names, descriptions = [item.name for item in items], [item.description for item in items]
    return [JsonRow(*row) for row in fetch(INSERT_MANY, [names, descriptions])]
