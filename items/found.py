"""What a search finds, a page at a time: as quick for a common word as for a rare one.

There are two ways: to walk along an order until enough hits are met, or to gather all hits by
the index of words and sort them. PostgreSQL would choose one by an estimate, and be seconds late
where hits do not lie evenly. Here a walk is tried for what is common, and only so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from items.orders import Order, named
from items.search import Search
from items.statements import fetch

COMMON = 8_000  # hits; fewer are gathered in 30 ms
WALK_MAX = 10_000  # items; walked past in 8 ms


@dataclass(frozen=True)
class Rank:
    """Hits that come before those of the next rank."""

    condition: str
    is_range: bool = False  # of the index of names, which is quick to walk


@dataclass(frozen=True)
class Found:
    search: Search
    order: Order
    backwards: bool

    def read(self, columns: str, position: Sequence, limit: int) -> list[tuple]:
        """Return up to `limit` rows beyond a position; each ends with its own."""
        if not self.order.ranked:
            return self._read(Rank(self.search.in_item), columns, position, limit)
        ranks = list(enumerate(self._ranks()))
        if position:
            first, *within = position
            ranks = ranks[first::-1] if self.backwards else ranks[first:]
        rows = []
        for number, rank in ranks:
            start = within if position and number == first else []
            rows += self._read(rank, f"{columns}, {number}", start, limit - len(rows))
            if len(rows) == limit:
                break
        return rows

    def _ranks(self) -> list[Rank]:
        """Return RANKS ranks: the name itself, its beginning, all words in it, all in the item."""
        search = self.search
        return [
            Rank(search.name_is, is_range=True),
            Rank(f"{search.name_begins} AND NOT {search.name_is}", is_range=True),
            Rank(f"{search.in_name} AND NOT {search.name_begins}"),
            Rank(f"{search.in_item} AND NOT ({search.in_name})"),
        ]

    def _read(self, rank: Rank, columns: str, position: Sequence, limit: int) -> list[tuple]:
        select = f"SELECT {columns}, {', '.join(self.order.keys)} FROM"
        beyond = self.order.beyond(self.backwards) if position else "TRUE"
        condition = f"WHERE {rank.condition}"
        by = f"ORDER BY {self.order.by(self.backwards)} LIMIT"
        parameters = self.search.parameters | named(position)
        if rank.is_range:
            sql = f"{select} items_item {condition} AND {beyond} {by} {limit}"
            return fetch(sql, parameters, plan_anew=True)
        if self.search.estimate(rank.condition) > COMMON:
            near = f"SELECT * FROM items_item WHERE {beyond} {by} {WALK_MAX}"
            sql = f"{select} ({near}) AS items_item {condition} {by} {limit}"
            rows = fetch(sql, parameters, plan_anew=True)
            if len(rows) == limit:
                return rows
        keys = ", ".join(f"{key} AS key{n}" for n, key in enumerate(self.order.keys))
        sql = f"""
            WITH hits AS MATERIALIZED (SELECT {keys} FROM items_item {condition} AND {beyond}),
                page AS (
                    SELECT key{len(self.order.keys) - 1} AS id FROM hits
                    ORDER BY {self.order.named_by(self.backwards)} LIMIT {limit}
                )
            {select} items_item JOIN page USING (id) {by} {limit}
        """
        return fetch(sql, parameters, plan_anew=True)
