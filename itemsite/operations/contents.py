"""What the tables contain, as a count and a hash of each, to compare a restored backup with."""

from typing import TypedDict

import psycopg
from psycopg import sql

# Generated columns are made again by a restore, by the rules of that server. A crash empties
# unlogged tables, so they are in no backup.
TABLES = """
    SELECT relname, array_agg(attname ORDER BY attname)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND relpersistence = 'p'
        AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY relname ORDER BY relname
"""
# The sum of the rows' hashes: the order of the rows does not matter.
COUNT = """
    SELECT count(*), coalesce(sum(
        ('x' || left(encode(sha256(convert_to(ROW({})::text, 'UTF8')), 'hex'), 16))::bit(64)::bigint
    ), 0)::text
    FROM {}
"""
NEEDED = {"items_item", "django_migrations"}
NAMES = {
    "items_item": "items",
    "items_change": "changes",
    "auth_user": "accounts",
}
# How PostgreSQL writes values as text.
SAME_TEXTS = """
    SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601';
    SET extra_float_digits = 1; SET bytea_output = 'hex'
"""


class Content(TypedDict):
    rows: int
    hash: str


def count_tables(connection: psycopg.Connection, schema: str) -> dict[str, Content]:
    """Count and hash the tables of a schema as the connection's transaction sees them."""
    connection.execute(SAME_TEXTS)
    tables = connection.execute(TABLES, [schema]).fetchall()
    return {table: _count(connection, schema, table, columns) for table, columns in tables}


def _count(connection: psycopg.Connection, schema: str, table: str, columns: list[str]) -> Content:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    order = sql.SQL(COUNT).format(listed, sql.Identifier(schema, table))
    rows, total = connection.execute(order).fetchone() or (0, "")
    return {"rows": rows, "hash": total}


def differences(expected: dict[str, Content], found: dict[str, Content]) -> list[str]:
    """Name what differs, a table in each line."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        was, now = expected.get(table), found.get(table)
        if was == now:
            continue
        if not was or not now:
            lines.append(f"{table} is {'missing' if was else 'not in the backup'}")
        elif was["rows"] == now["rows"]:
            lines.append(f"{table}: the same number of rows, but not the same contents")
        else:
            lines.append(f"{table}: {was['rows']:,} rows in the backup, {now['rows']:,} restored")
    return lines


def summary(tables: dict[str, Content]) -> str:
    """Say how much there is, as "items: 8, changes: 20, accounts: 3"."""
    counts = ((name, tables.get(table, {"rows": 0})["rows"]) for table, name in NAMES.items())
    return ", ".join(f"{name}: {count:,}" for name, count in counts)
