"""Many items at once: which are chosen, how they are just now, and their end.

Between a confirmation and the deed others may write. So a confirmation holds a fingerprint of the
very rows that it names, and what is deleted must have the same one; else all of it is taken back.
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
from items.search.keyset import read_page
from items.search.selection import SIZES, Selection, read_selection
from items.search.sorting import read_id
from items.search.words import Search

IDS_MAX = max(SIZES)  # as many as a page has; in an address they fit what gunicorn takes
NAMED_MAX = 20  # in a confirmation
TIMEOUT_MS = 300_000  # for a million rows and more; others are not held up meanwhile

# A sum, as the order of the rows must not matter; PostgreSQL keeps its hashes from version to
# version, because partitions depend on them.
FINGERPRINT = "count(*), coalesce(sum(hashint8extended(id, version)), 0)::text"


class Fingerprint(NamedTuple):
    """What tells some rows from any others, and from themselves after a change."""

    count: int  # type: ignore[assignment]  # tuple.count is of no use here
    versions: str

    def __str__(self) -> str:
        return f"{self.count}-{self.versions}"


NOTHING = Fingerprint(0, "0")


def read_fingerprint(text: str) -> Fingerprint:
    """Return what a confirmation holds; that of nothing for what is none."""
    found = re.fullmatch("([0-9]{1,18})-(-?[0-9]{1,40})", text)
    return Fingerprint(int(found[1]), found[2]) if found else NOTHING


@dataclass(frozen=True)
class Choice:
    """Items that somebody ticked, or all that a list shows, on whatever page."""

    wanted: Selection  # the list that one comes from
    ids: tuple[int, ...] = ()
    is_all: bool = False

    def __bool__(self) -> bool:
        return self.is_all or bool(self.ids)

    @property
    def words(self) -> str:
        return " ".join(self.wanted.words)

    @property
    def list_url(self) -> str:
        return self.wanted.url

    @cached_property
    def search(self) -> Search:
        return Search(self.wanted.words if self.is_all else ())

    @property
    def condition(self) -> str:
        return self.search.in_item or "TRUE" if self.is_all else "id = ANY(%(ids)s::bigint[])"

    @property
    def parameters(self) -> dict:
        return self.search.parameters | {"ids": list(self.ids)}


def read_choice(asked: QueryDict) -> Choice:
    """Return what an address chooses, which may be nothing; raise BadRequest for what is none."""
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
    """Return what is there of the items chosen; raise TooLong."""
    sql = f"SELECT {FINGERPRINT} FROM items_item WHERE {choice.condition}"
    with limited(TIMEOUT_MS):
        return _fetch_fingerprint(sql, choice)


def first_names(choice: Choice) -> list[tuple[int, str]]:
    """Return ids and names of some of the items chosen, in the order of the list."""
    if choice.is_all:
        page = read_page("id, name", replace(choice.wanted, size=NAMED_MAX))
        return [row[:2] for row in page.rows]
    sql = f"""
        SELECT id, name FROM items_item WHERE {choice.condition}
        ORDER BY array_position(%(ids)s::bigint[], id) LIMIT {NAMED_MAX}
    """
    return fetch(sql, choice.parameters)


def delete(choice: Choice, confirmed: Fingerprint) -> Fingerprint:
    """Delete the items chosen if they are those that were confirmed, and return what they are.

    Raise TooLong, and Busy where somebody else is writing one of them.
    """
    sql = f"""
        WITH gone AS (DELETE FROM items_item WHERE {choice.condition} RETURNING id, version)
        SELECT {FINGERPRINT} FROM gone
    """
    with limited(TIMEOUT_MS, only_reads=False):
        found = _fetch_fingerprint(sql, choice)
        transaction.set_rollback(found != confirmed)
    return found


def _fetch_fingerprint(sql: str, choice: Choice) -> Fingerprint:
    [row] = fetch(sql, choice.parameters, prepare=False)
    return Fingerprint(*row)
