"""A whole list as a file: CSV, NDJSON and, made of the latter, a workbook."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection, transaction

from items.api.rows import ITEM_JSON
from items.database.snapshot_cache import is_gevent
from items.http.negotiation import CSV, NDJSON, XLSX
from items.models.item import WRITABLE
from items.search.selection import Selection
from items.search.whole import whole_sql

COLUMNS = ("id", *WRITABLE)  # what an import reads; NDJSON has the times too, as the API has them
# The statement lasts as long as the list is long. Without client_connection_check_interval, a sort
# would go on for a client who left.
SETTINGS = """
    SET LOCAL statement_timeout = '600s'; SET LOCAL lock_timeout = 0;
    SET LOCAL client_connection_check_interval = '1s'; SET LOCAL jit = off
"""
# At the same time, PostgreSQL reads for as many files as a worker's heavy reads can be.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtext('itemsite export'), pg_backend_pid() % {})"
# The walk along an index must not become a sort of the whole list for each row, as it does while
# there are no statistics yet.
READY = "SET LOCAL lock_timeout = '2s'; SET LOCAL enable_sort = {}"


def _cell(field: str) -> str:
    return f"""replace(items_escape({field}), '"', '""')"""


CELLS = """ || '","' || """.join(map(_cell, WRITABLE))
CSV_LINE = f"""id || ',"' || {CELLS} || E'"\\r\\n'"""
CSV_HEAD = ",".join(f'"{column}"' for column in COLUMNS) + "\r\n"
JSON_LINE = f"{ITEM_JSON} || E'\\n'"


@dataclass(frozen=True)
class Format:
    """A kind of file: the SQL of an item's text in it, and what stands above the first."""

    extension: str
    content_type: str
    text: str
    head: str = ""


FORMATS = {
    CSV: Format("csv", f"{CSV}; charset=utf-8", CSV_LINE, CSV_HEAD),
    NDJSON: Format("ndjson", NDJSON, JSON_LINE),
    XLSX: Format("xlsx", XLSX, JSON_LINE),
}


def read_whole(text: str, wanted: Selection) -> Generator[bytes]:
    """Return the texts of a whole list, many items at once; raise DatabaseError."""
    sql = f"COPY ({whole_sql(text, wanted)}) TO STDOUT (FORMAT binary)"
    with connection.wrap_database_errors, _own_cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(TAKE_TURN.format(max(1, settings.DATABASE_POOL_SIZE // 2)))
        cursor.execute(READY.format("on" if wanted.words else "off"))
        with cursor.copy(sql, wanted.search.parameters) as copy:
            try:
                for (texts,) in copy.rows():
                    yield texts
            except BaseException:  # without this, psycopg would read the rest of the list first
                if is_gevent():
                    cursor.connection.close()
                raise


@contextmanager
def _own_cursor() -> Iterator[psycopg.Cursor]:
    """Give a cursor in a transaction.

    Under gunicorn it has a connection of its own, beside the pool, so that files keep no page
    waiting.
    """
    if not is_gevent():
        with transaction.atomic():
            yield psycopg.Cursor(connection.connection)
            transaction.set_rollback(True)  # of the settings, in a larger transaction
        return
    opened = psycopg.connect(**connection.get_connection_params())
    try:
        yield psycopg.Cursor(opened)
    finally:
        opened.close()
