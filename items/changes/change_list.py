"""The list of change sets, and how many there were on each day.

Ids and times have the same order, so a day is a range of ids. The forms of the conditions are
measured: PostgreSQL answers `user_id = 7 ORDER BY id DESC` by reading everybody's change sets if it
thinks that somebody made many, so the list compares rows, which only the right index can answer.
The counts must not: for them it would choose between three indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from items.database.sql import fetch

ID_MAX = 2**63 - 1
CHART_DAYS = 14


@dataclass(frozen=True)
class Filter:
    """Which change sets; without anything all of them."""

    user_id: int | None = None  # 0: everybody without an account
    way: str = ""  # one of items.models.change.WAY_LABELS
    day: date | None = None  # in the current time zone

    @property
    def columns(self) -> dict[str, int | str]:
        found = {"user_id": self.user_id, "way": self.way or None}
        return {column: value for column, value in found.items() if value is not None}


@dataclass(frozen=True)
class ChangeSetRow:
    id: int
    made_at: datetime
    user_id: int
    who: str  # empty: a visitor, or forgotten
    way: str
    detail: str
    undoes_id: int | None
    added: int
    changed: int
    deleted: int
    undone_by_id: int | None  # the latest change set that took it back, or a part of it
    item_id: int | None  # its first item, and the newest name of that
    name: str | None  # None: erased

    @property
    def total(self) -> int:
        return self.added + self.changed + self.deleted


@dataclass(frozen=True)
class ChangeSetPage:
    """Change sets, newest first, and the cursors of the newer (before) and older ones (after)."""

    rows: Sequence[ChangeSetRow]
    before: int | None = None
    after: int | None = None


# The names are joined to the page alone: a join beside the limit would read all items.
DETAILS = """
    SELECT page.id, made_at, user_id, who, way, detail, undoes_id, added, changed, deleted,
        (SELECT max(id) FROM items_changeset WHERE undoes_id = page.id), first.item_id,
        CASE WHEN item.id IS NOT NULL THEN item.name ELSE (
            SELECT CASE WHEN NOT is_erased THEN name END FROM items_change
            WHERE item_id = first.item_id ORDER BY version DESC LIMIT 1
        ) END
    FROM ({page}) AS page
    LEFT JOIN LATERAL (
        SELECT item_id FROM items_change WHERE change_set_id = page.id
        ORDER BY item_id, version LIMIT 1
    ) AS first ON TRUE
    LEFT JOIN items_item AS item ON item.id = first.item_id
    ORDER BY page.id DESC
"""
ONE = DETAILS.format(page="SELECT * FROM items_changeset WHERE id = %(id)s")

ID_SINCE = f"""
    coalesce(
        (SELECT id FROM items_changeset WHERE made_at >= moment ORDER BY made_at LIMIT 1), {ID_MAX}
    )
"""
BOUNDS = f"""
    SELECT {ID_SINCE}
    FROM unnest(%(moments)s::timestamptz[]) WITH ORDINALITY AS given (moment, place)
    ORDER BY place
"""

# For people who made change sets: from one user to the next in the index, with the newest name.
PEOPLE = """
    WITH RECURSIVE person AS (
        (SELECT user_id, who FROM items_changeset ORDER BY user_id DESC, id DESC LIMIT 1)
        UNION ALL
        SELECT next.user_id, next.who FROM person CROSS JOIN LATERAL (
            SELECT user_id, who FROM items_changeset WHERE user_id < person.user_id
            ORDER BY user_id DESC, id DESC LIMIT 1
        ) AS next
    )
    SELECT user_id, who FROM person WHERE user_id > 0 AND who <> '' ORDER BY who, user_id
"""


def no_change_set(pk: int) -> Http404:
    return Http404(gettext("There is no change set %(number)s.") % {"number": pk})


def read_change_set(pk: int) -> ChangeSetRow:
    """Return one change set; raise Http404 with a message if it does not exist or was pruned."""
    rows = fetch(ONE, {"id": pk})
    if not rows:
        raise no_change_set(pk)
    return ChangeSetRow(*rows[0])


def read_change_sets(
    wanted: Filter, *, before: int | None = None, after: int | None = None, limit: int
) -> ChangeSetPage:
    """Return change sets, the newest first, from a cursor on; a cursor is an id."""
    low, high = _ids_of(wanted.day) if wanted.day else (0, ID_MAX)
    low = max(low, min(before, ID_MAX - 1) + 1 if before else 0)
    high = min(high, after or ID_MAX)
    sql = DETAILS.format(page=_page_sql(wanted, bool(before), limit + 1))
    rows = [ChangeSetRow(*row) for row in fetch(sql, {**wanted.columns, "low": low, "high": high})]
    has_more = len(rows) > limit
    rows = rows[-limit:] if before else rows[:limit]
    if not rows:
        return ChangeSetPage([])
    return ChangeSetPage(
        rows,
        before=rows[0].id if (has_more if before else after) else None,
        after=rows[-1].id if (before or has_more) else None,
    )


def _page_sql(wanted: Filter, backwards: bool, limit: int) -> str:
    columns = [*wanted.columns, "id"]
    given = "".join(f"%({column})s, " for column in wanted.columns)
    direction = "ASC" if backwards else "DESC"
    return f"""
        SELECT * FROM items_changeset
        WHERE ({", ".join(columns)}) >= ({given}%(low)s)
            AND ({", ".join(columns)}) < ({given}%(high)s)
        ORDER BY {", ".join(f"{column} {direction}" for column in columns)} LIMIT {limit}
    """


def count_by_day(wanted: Filter, last: date, days: int = CHART_DAYS) -> list[tuple[date, int]]:
    """Return each of the days until `last` with its number of change sets; ignores wanted.day."""
    dates = [last - timedelta(days=days - 1 - place) for place in range(days)]
    equal = "".join(f"{column} = %({column})s AND " for column in wanted.columns)
    sql = f"""
        WITH bound AS MATERIALIZED (
            SELECT place, {ID_SINCE} AS id
            FROM unnest(%(moments)s::timestamptz[]) WITH ORDINALITY AS given (moment, place)
        )
        SELECT (SELECT count(*) FROM items_changeset
            WHERE {equal}id >= low.id AND id < high.id)
        FROM bound AS low JOIN bound AS high ON high.place = low.place + 1 ORDER BY low.place
    """
    moments = [_beginning(day) for day in (*dates, last + timedelta(days=1))]
    counts = fetch(sql, {**wanted.columns, "moments": moments})
    return [(day, count) for day, (count,) in zip(dates, counts, strict=True)]


def read_people() -> list[tuple[int, str]]:
    """Return user id and newest name of everybody who changed something with an account."""
    return fetch(PEOPLE, [])


def _ids_of(day: date) -> tuple[int, int]:
    next_day = min(day, date.max - timedelta(days=1)) + timedelta(days=1)
    moments = [_beginning(day), _beginning(next_day)]
    [(low,), (high,)] = fetch(BOUNDS, {"moments": moments})
    return low, high


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
