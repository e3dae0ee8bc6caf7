"""Finding items by words: all of them, in any order, each somewhere in name or description."""

from dataclasses import dataclass
from functools import cached_property

from django.db import OperationalError, connection, transaction

from items.models import FOLDED_NAME, NAME_ORDER
from items.statements import fetch

WORDS_MAX_LENGTH = 200  # characters; with a cursor they fit the 4,094 bytes of gunicorn
COUNT_MAX = 10_000  # items that are counted
ENOUGH = 2 * COUNT_MAX  # by statistics; then none is counted
CLOSE_TIMEOUT_MS = 400  # for comparing all names with the words
CLOSE_SIMILARITY = 0.35  # of 1, as pg_trgm measures words; "keybaord" and "keyboard" have 0.38
CLOSE_MAX = 20  # items


class TooManyToCompare(Exception):
    """Comparing took longer than CLOSE_TIMEOUT_MS."""


@dataclass(frozen=True)
class Search:
    """Words, and the conditions that they are for PostgreSQL.

    Parameters are named: `w0`, `w1`... are the words, `all` is what was typed.
    """

    words: tuple[str, ...]

    @cached_property
    def parameters(self) -> dict[str, str]:
        return {f"w{n}": word for n, word in enumerate(self.words)} | {"all": " ".join(self.words)}

    def each(self, sql: str) -> list[str]:
        """Return SQL for each word, whose place is {}."""
        return [sql.format(f"%(w{n})s") for n in range(len(self.words))]

    @property
    def in_item(self) -> str:
        return " AND ".join(self.each("items_holds(search, {})"))

    @property
    def in_name(self) -> str:
        return " AND ".join(self.each(f"items_holds({FOLDED_NAME}, {{}})"))

    @property
    def has_index(self) -> bool:
        """Tell whether there is a word of two letters: the index knows no single ones."""
        return any(len(word) > 1 for word in self.words)

    name_is = f"{NAME_ORDER} = items_fold(%(all)s)"
    name_begins = f"{NAME_ORDER} LIKE substr(items_contains(%(all)s), 2)"

    def estimate(self, condition: str) -> int:
        """Return about how many items fulfil a condition, as PostgreSQL's statistics have it."""
        sql = f"EXPLAIN (FORMAT JSON) SELECT FROM items_item WHERE {condition}"
        [[plan]] = fetch(sql, self.parameters, plan_anew=True)
        return plan[0]["Plan"]["Plan Rows"]


def count(search: Search) -> int | None:
    """Return how many items hold all words, or None where they are more than COUNT_MAX."""
    some = f"SELECT FROM items_item WHERE {search.in_item or 'TRUE'} LIMIT {COUNT_MAX + 1}"
    sql = f"SELECT count(*) FROM ({some}) AS items"
    [(found,)] = fetch(sql, search.parameters, plan_anew=True)
    return found if found <= COUNT_MAX else None


def read_close(columns: str, search: Search) -> list[tuple]:
    """Return items whose names hold words like these, the likest first; raise TooManyToCompare."""
    likeness = search.each(f"strict_word_similarity(items_fold({{}}), {FOLDED_NAME})")
    close = search.each(f"{FOLDED_NAME} %%>> items_fold({{}})")
    sql = f"""
        SELECT {columns} FROM items_item
        WHERE {" AND ".join(close)}
        ORDER BY {" + ".join(likeness)} DESC, length(name), {NAME_ORDER}, id
        LIMIT {CLOSE_MAX}
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL statement_timeout = {CLOSE_TIMEOUT_MS};"
                f" SET LOCAL pg_trgm.strict_word_similarity_threshold = {CLOSE_SIMILARITY}"
            )
            return fetch(sql, search.parameters, plan_anew=True)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != "57014":  # query_canceled
            raise
        raise TooManyToCompare from error
