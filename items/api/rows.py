"""Items as scripts get them: the JSON text that PostgreSQL keeps of each."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import DataError, IntegrityError, connection

from items.database.sql import fetch
from items.models import Item
from items.models.item import no_item
from items.together import Together

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
    """Write a new item, in one transaction with those that other requests write just now."""
    return _insert(item) if connection.in_atomic_block else _inserts.do(item)


def insert_many(items: Sequence[Item]) -> list[JsonRow]:
    """Write new items in one statement and return them in the same order."""
    names, descriptions = [item.name for item in items], [item.description for item in items]
    return [JsonRow(*row) for row in fetch(INSERT_MANY, [names, descriptions])]


def _insert(item: Item) -> JsonRow:
    return JsonRow(*fetch(INSERT, [item.name, item.description])[0])


def _insert_each(items: list[Item]) -> list[JsonRow | Exception]:
    """Write items of several requests, none of which suffers for another's."""
    if len(items) == 1:
        return [_insert(items[0])]
    try:
        return insert_many(items)
    except (DataError, IntegrityError):  # nothing is written: one breaks a rule
        return [_insert_or_error(item) for item in items]


def _insert_or_error(item: Item) -> JsonRow | Exception:
    try:
        return _insert(item)
    except (DataError, IntegrityError) as error:
        return error


_inserts = Together(_insert_each)
