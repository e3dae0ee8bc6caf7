"""The number of items of a list: counted where that is quick, otherwise PostgreSQL's estimate."""

from dataclasses import dataclass

from items.database.sql import fetch
from items.search.words import Search

COUNTED_MAX = 100_000  # items; if PostgreSQL expects more, they are only counted on request
STOP_AT = 2 * COUNTED_MAX  # items; an estimate can be far too low
DIGITS = 3  # of an estimate, the others become 0


@dataclass(frozen=True)
class Total:
    """A number of items; if it is not exact, about that many, or more."""

    number: int
    is_exact: bool = True


def count(search: Search) -> int:
    """Return the number of items that match, or of all without words, however long that takes."""
    [(found,)] = fetch(_count_sql(search), search.parameters, prepare=False)
    return found


def total(search: Search) -> Total:
    """Return the number of items that match, exactly up to COUNTED_MAX."""
    expected, found = _count_found(search) if search.words else _count_all()
    if found is None:
        return Total(_rounded(expected), is_exact=False)
    return Total(found, is_exact=found < STOP_AT)


def _count_found(search: Search) -> tuple[int, int | None]:
    """Return the expected number, and if that is not too large the counted one."""
    expected = search.estimate(search.matches)
    if expected > COUNTED_MAX:
        return expected, None
    [(found,)] = fetch(_count_sql(search, STOP_AT), search.parameters, prepare=False)
    return expected, found


def _count_all() -> tuple[int, int | None]:
    """Do the same for the whole list.

    PostgreSQL's statistics say how many items to expect: the cumulative ones, or those of the last
    ANALYZE after a crash, which empties the former.
    """
    sql = f"""
        SELECT estimate, CASE WHEN estimate <= {COUNTED_MAX}
            THEN ({_count_sql(Search(()), STOP_AT)}) END
        FROM (
            SELECT coalesce(nullif(pg_stat_get_live_tuples(oid), 0), reltuples)::bigint AS estimate
            FROM pg_class WHERE oid = 'items_item'::regclass
        ) AS statistics
    """
    [(expected, found)] = fetch(sql, ())
    return expected, found


def _count_sql(search: Search, limit: int | None = None) -> str:
    some = f"SELECT FROM items_item WHERE {search.matches or 'TRUE'}"
    return f"SELECT count(*) FROM ({some}{f' LIMIT {limit}' if limit else ''}) AS items"


def _rounded(number: int) -> int:
    return round(number, DIGITS - len(str(number)))
