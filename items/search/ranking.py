"""Pages of search results, as fast for a common word as for a rare one.

There are two ways: walk along the index of an order until there are enough hits, or gather all
hits with the index of words and sort them. PostgreSQL would choose by an estimate, and take
seconds where the hits are not spread evenly. Here a common word is first tried with a walk of
limited length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from items.database.sql import fetch
from items.search.sorting import BY_CODE_POINTS, HAS_TOGETHER, ORDERS, RANK_ORDERS, Order, named
from items.search.words import Search

COMMON = 8_000  # hits; fewer are gathered in 30 ms
TOGETHER = 10  # several words often come together: more hits than PostgreSQL expects
WALK_MAX = 10_000  # items; takes 5 ms


@dataclass(frozen=True)
class Hits:
    """Items that match a condition on the words, in an order, forwards or backwards."""

    search: Search
    condition: str
    order: Order
    backwards: bool

    def read(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        """Return up to `limit` rows after a position; each ends with its position."""
        columns = f"{columns}, {self.order.position}"
        most = TOGETHER if len(self.search.words) > 1 else 1
        if self.search.estimate(self.condition) * most > COMMON:
            rows = self._walk(columns, position, limit)
            if len(rows) == limit:
                return rows
        return self._gather(columns, position, limit)

    def read_range(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        """Do the same for hits that are neighbours in the index of the order."""
        hits = f"(SELECT *, {self.order.as_aliases} {self._from(position)}) AS item"
        columns = f"{columns}, {self.order.position}"
        return self._fetch(f"SELECT {columns} FROM {hits} {self._page(limit)}", position)

    def read_few(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        """Do the same for hits of which there are few."""
        return self._gather(f"{columns}, {self.order.position}", position, limit)

    def _walk(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        by = self.order.by(self.backwards)
        near = f"FROM items_item WHERE {self._beyond(position)} ORDER BY {by} LIMIT {WALK_MAX}"
        near = f"(SELECT *, {self.order.as_aliases} {near}) AS item"
        sql = f"SELECT {columns} FROM {near} WHERE {self.condition} {self._page(limit)}"
        return self._fetch(sql, position)

    def _gather(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        page = self._page(limit)
        sql = f"""
            WITH hits AS MATERIALIZED (SELECT {self.order.as_aliases} {self._from(position)}),
                page AS (SELECT * FROM hits {page})
            SELECT {columns} FROM items_item JOIN page ON id = {self.order.aliases[-1]} {page}
        """
        return self._fetch(sql, position)

    def _from(self, position: Sequence) -> str:
        return f"FROM items_item WHERE {self.condition} AND {self._beyond(position)}"

    def _beyond(self, position: Sequence) -> str:
        return self.order.beyond(self.backwards) if position else "TRUE"

    def _page(self, limit: int) -> str:
        return f"ORDER BY {self.order.by_alias(self.backwards)} LIMIT {limit}"

    def _fetch(self, sql: str, position: Sequence) -> list[tuple]:
        return fetch(sql, self.search.parameters | named(position), prepare=False)


def read_found(
    columns: str, search: Search, sort: str, position: Sequence, limit: int, *, backwards: bool
) -> list[tuple]:
    """Return up to `limit` ranked rows after a position; each row ends with its position."""
    if sort == "best":
        return _read_best(columns, search, position, limit, backwards)
    hits = Hits(search, search.matches, ORDERS[sort], backwards)
    return hits.read(columns, position, limit)


def _read_best(
    columns: str, search: Search, position: Sequence, limit: int, backwards: bool
) -> list[tuple]:
    first = position[0] if position else 0
    ranks = list(enumerate(zip(conditions(search), RANK_ORDERS, strict=True)))
    rows: list[tuple] = []
    for rank, (condition, order) in ranks[first::-1] if backwards else ranks[first:]:
        if not condition:
            continue
        hits = Hits(search, condition, order, backwards)
        within = position[-len(order.keys) :] if rank == first else []
        before = [str(rank)]  # the position has the same length in every rank
        before += ["NULL"] * (len(ORDERS["best"].readers) - 1 - len(order.keys))
        read = hits.read
        if order is BY_CODE_POINTS:
            read = hits.read_few if rank == HAS_TOGETHER else hits.read_range
        rows += read(f"{columns}, {', '.join(before)}", within, limit - len(rows))
        if len(rows) == limit:
            break
    return rows


def conditions(search: Search) -> list[str]:
    """Return the condition of each of RANK_ORDERS; an impossible one is empty."""
    is_word = search.name_is_word if len(search.words) > 1 else ""
    ranks = [
        search.name_is,
        search.name_is_respaced,
        search.name_begins,
        search.name_has_together,
        is_word,
    ]
    conditions = [condition and condition + _not_in(ranks[:n]) for n, condition in enumerate(ranks)]
    if is_word:
        conditions[-1] += f" AND {search.in_item}"
    in_name = search.in_name if search.has_index else "FALSE"
    others = _not_in(ranks)
    return [*conditions, in_name + others, f"{search.in_item}{others} AND NOT ({in_name})"]


def _not_in(ranks: Sequence[str]) -> str:
    """Return what excludes the items of these ranks.

    There are few, so it does not matter how many: in CASE, PostgreSQL takes no time to estimate it.
    """
    others = " OR ".join(filter(None, ranks))
    return f" AND CASE WHEN {others} THEN 1 ELSE 0 END <> 1" if others else ""
