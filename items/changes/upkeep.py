"""Make the history shorter: prune what is old, erase texts, forget a person.

What goes through the whole history does so in short transactions, in the order of the ids. If it is
killed, what was done stays done, and the same call goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from items.database.sql import fetch
from items.models.item import WRITABLE

PRUNED_AT_ONCE = 5_000  # change sets
FORGOTTEN_AT_ONCE = 50_000  # change sets that are looked at

START = "SELECT id FROM items_changeset WHERE way = 'start' FOR UPDATE"
END_OF_CHUNK = """
    SELECT id, made_at FROM (
        SELECT id, made_at FROM items_changeset WHERE id > %(start)s
        ORDER BY id LIMIT %(limit)s
    ) AS chunk
    WHERE made_at < %(before)s ORDER BY id DESC LIMIT 1
"""
PRUNE = """
    WITH changes AS (
        DELETE FROM items_change WHERE change_set_id > %(start)s AND change_set_id <= %(end)s
    )
    DELETE FROM items_changeset WHERE id > %(start)s AND id <= %(end)s
"""
DELETE_START = "DELETE FROM items_changeset WHERE id = %(start)s"
NEW_START = """
    INSERT INTO items_changeset (id, made_at, user_id, added, changed, deleted, way, who, detail)
    VALUES (%(end)s, %(made_at)s, 0, 0, 0, 0, 'start', '', '')
"""

TEXTS = f"""
    SELECT {", ".join(WRITABLE)} FROM items_change WHERE item_id = %s AND version = %s FOR UPDATE
"""
ERASE = f"""
    UPDATE items_change SET is_erased = TRUE,
        {", ".join(f"{f} = CASE WHEN {f} IS NOT NULL THEN '' END" for f in WRITABLE)}
    WHERE item_id = %s AND version = %s
"""
FORGET = """
    UPDATE items_changeset SET user_id = 0, who = '', detail = ''
    WHERE id >= %(low)s AND id < %(high)s AND (who = %(name)s OR user_id = ANY(%(ids)s))
"""


class NothingToErase(LookupError):
    """There is no such change, or it replaced no text."""


class NoName(ValueError):
    """The name is empty."""


@dataclass(frozen=True)
class Erased:
    fields: list[str]
    also_replaced_by: list[int]  # other versions of the item that replaced one of these texts
    is_current: bool  # the item contains one of them now


def prune(before: datetime) -> Iterator[int]:
    """Delete the change sets made before a time; yield how many, after each transaction.

    The start of the history takes the place of the last one: items that were added earlier were
    there before it. The items stay as they are.
    """
    while deleted := _prune_chunk(before):
        yield deleted


@transaction.atomic
def _prune_chunk(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(START)
        (start,) = cursor.fetchone() or (0,)  # somebody may have emptied the table
        values = {"start": start, "before": before, "limit": PRUNED_AT_ONCE}
        cursor.execute(END_OF_CHUNK, values)
        end = cursor.fetchone()
        if not end:
            return 0
        values |= {"end": end[0], "made_at": end[1]}
        cursor.execute(PRUNE, values)
        deleted = cursor.rowcount
        cursor.execute(DELETE_START, values)
        cursor.execute(NEW_START, values)
    return deleted


@transaction.atomic
def erase(item_id: int, version: int) -> Erased:
    """Empty the texts that a version of an item replaced; what it wrote is not touched.

    An undo cannot bring them back any more, and keeps the item. Raise NothingToErase.
    """
    rows = fetch(TEXTS, [item_id, version])
    texts = {f: text for f, text in zip(WRITABLE, rows[0], strict=True) if text} if rows else {}
    if not texts:
        raise NothingToErase
    with connection.cursor() as cursor:
        cursor.execute(ERASE, [item_id, version])
    same = " OR ".join(f"{field} = %({field})s" for field in texts)
    values = {**texts, "item": item_id}
    sql = f"SELECT version FROM items_change WHERE item_id = %(item)s AND ({same}) ORDER BY 1"
    versions = [version for (version,) in fetch(sql, values)]
    now = fetch(f"SELECT id FROM items_item WHERE id = %(item)s AND ({same})", values)
    return Erased(list(texts), versions, bool(now))


def forget_person(name: str) -> Iterator[int]:
    """Take a name out of all change sets; yield how many, after each transaction.

    That is their user, and what they told: names of keys and files can contain the person's.
    Raise NoName: visitors have an empty one, and commands, and all who were forgotten.
    """
    if not name:
        raise NoName
    ids = get_user_model().objects.filter(username=name).values_list("pk", flat=True)
    values: dict = {"name": name, "ids": list(ids)}
    [(first, last)] = fetch("SELECT min(id), max(id) FROM items_changeset", [])
    for low in range(first or 0, (last or 0) + 1, FORGOTTEN_AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(FORGET, values | {"low": low, "high": low + FORGOTTEN_AT_ONCE})
            yield cursor.rowcount
