"""Delete many items at once, but only those that the user confirmed.

Others can change items after the confirmation page is shown. So this page contains a fingerprint
of its items. If the deleted items have a different one, the deletion is rolled back.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext

from items.database.sql import fetch, limited
from items.database.statistics import renew_statistics
from items.search.keyset import read_page
from items.search.selection import SIZES, Selection, read_selection
from items.search.sorting import read_id
from items.search.words import Search

IDS_MAX = max(SIZES)  # the rows of a page; a URL with them fits gunicorn's limit
NAMED_MAX = 20  # on the confirmation page
TIMEOUT_MS = 300_000  # enough for a million rows; other requests do not wait for it
LOCK_WAIT_MS = 300  # of the page; a deletion that is refused for a lock has already waited

# A sum, so that the order of the rows does not matter. PostgreSQL keeps its hash functions from
# version to version, because partitions depend on them.
FINGERPRINT = "count(*), coalesce(sum(hashint8extended(id, version)), 0)::text"


class Fingerprint(NamedTuple):
    """Identifies a set of rows in their current versions."""

    count: int  # type: ignore[assignment]  # hides tuple.count
    versions: str

    def __str__(self) -> str:
        return f"{self.count}-{self.versions}"


NOTHING = Fingerprint(0, "0")


def read_fingerprint(text: str) -> Fingerprint:
    """Parse a confirmation; return NOTHING if it is malformed."""
    found = re.fullmatch("([0-9]{1,18})-(-?[0-9]{1,40})", text)
    return Fingerprint(int(found[1]), found[2]) if found else NOTHING


@dataclass(frozen=True)
class Choice:
    """Items that the user ticked, or all items of a list, on all its pages."""

    wanted: Selection  # the list the user came from
    ids: tuple[int, ...] = ()
    is_all: bool = False

    def __bool__(self) -> bool:
        return self.is_all or bool(self.ids)

    @property
    def words(self) -> str:
        return self.wanted.search.text

    @property
    def list_url(self) -> str:
        return self.wanted.url

    @cached_property
    def search(self) -> Search:
        return self.wanted.search if self.is_all else Search(())

    @property
    def condition(self) -> str:
        return self.search.matches or "TRUE" if self.is_all else "id = ANY(%(ids)s::bigint[])"

    @property
    def parameters(self) -> dict:
        return self.search.parameters | {"ids": list(self.ids)}


def read_choice(asked: QueryDict) -> Choice:
    """Return the choice of a query string, which can be empty; raise BadRequest for others."""
    wanted = read_selection(asked, strict=False)
    if "all" in asked:
        return Choice(wanted.at(), is_all=True)
    texts = asked.getlist("id")
    ids = [pk for text in texts if (pk := read_id(text))]
    if len(ids) < len(texts):
        detail = gettext("This link contains a wrong item number. Select rows in the list.")
        raise BadRequest(detail)
    if len(ids) > IDS_MAX:
        raise BadRequest(gettext("Select at most %(count)d rows.") % {"count": IDS_MAX})
    return Choice(wanted, tuple(dict.fromkeys(ids)))


def fingerprint(choice: Choice) -> Fingerprint:
    """Return the fingerprint of the chosen items that still exist; raise TooLong."""
    sql = f"SELECT {FINGERPRINT} FROM items_item WHERE {choice.condition}"
    with limited(TIMEOUT_MS, {"lock_timeout": LOCK_WAIT_MS}):
        return _fetch_fingerprint(sql, choice)


def first_names(choice: Choice) -> list[tuple[int, str]]:
    """Return ids and names of the first chosen items, in the order of the list."""
    if choice.is_all:
        page = read_page("id, name", replace(choice.wanted, size=NAMED_MAX))
        return [row[:2] for row in page.rows]
    sql = f"""
        SELECT id, name FROM items_item WHERE {choice.condition}
        ORDER BY array_position(%(ids)s::bigint[], id) LIMIT {NAMED_MAX}
    """
    return fetch(sql, choice.parameters)


def delete(choice: Choice, confirmed: Fingerprint) -> Fingerprint:
    """Delete the chosen items if their fingerprint is still the same; return the current one.

    Raise TooLong, or Busy if another transaction is writing one of them.
    """
    # In order of id, as imports and undos lock their rows: then two cannot wait for each other.
    sql = f"""
        WITH mine AS MATERIALIZED (
            SELECT id FROM items_item WHERE {choice.condition} ORDER BY id FOR UPDATE
        ), gone AS (
            DELETE FROM items_item WHERE id IN (SELECT id FROM mine) RETURNING id, version
        )
        SELECT {FINGERPRINT} FROM gone
    """
    renew_statistics()
    with limited(TIMEOUT_MS, only_reads=False):
        found = _fetch_fingerprint(sql, choice)
        transaction.set_rollback(found != confirmed)
    return found


def _fetch_fingerprint(sql: str, choice: Choice) -> Fingerprint:
    [row] = fetch(sql, choice.parameters, prepare=False)
    return Fingerprint(*row)
