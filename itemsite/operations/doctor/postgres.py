"""The server, and how the site speaks to it. Each check gets a connection."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from django.conf import settings

from itemsite.operations.doctor.findings import Finding, fault, warning
from itemsite.operations.doctor.machine import full_disk
from itemsite.operations.server import is_pooled
from itemsite.serving import startup

END_OF_LIFE = {  # of major versions, from postgresql.org/support/versioning
    15: date(2027, 11, 11),
    16: date(2028, 11, 9),
    17: date(2029, 11, 8),
    18: date(2030, 11, 14),
}
TIMEOUTS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
MILLISECONDS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
BESIDE_THE_POOL = 5  # connections of a worker: docs/deploy.md, "How many connections"
FOR_COMMANDS = 10  # connections beside those of the workers
CLOCK_SECONDS = 2
ROOM = """
    SELECT current_setting('max_connections')::integer
            - current_setting('superuser_reserved_connections')::integer
            - coalesce(current_setting('reserved_connections', true)::integer, 0),
        nullif((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), -1),
        nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1),
        format('%I', current_user), format('%I', current_database())
"""
READ_ONLY = """
    SELECT pg_is_in_recovery(), setting = 'on',
        format('%I', current_user), format('%I', current_database()), source
    FROM pg_settings WHERE name = 'default_transaction_read_only'
"""
RESETS = {  # by where a setting comes from
    "database": "ALTER DATABASE {database} RESET {0};",
    "user": "ALTER ROLE {role} RESET {0};",
    "database user": "ALTER ROLE {role} IN DATABASE {database} RESET {0};",
}
OF_SERVER = "ALTER SYSTEM SET {0} = off; SELECT pg_reload_conf();"


def support(connection: psycopg.Connection) -> Iterator[Finding]:
    major = connection.info.server_version // 10_000
    end = END_OF_LIFE.get(major)
    if end and end < datetime.now(UTC).date():
        text = f"PostgreSQL {major} gets no security updates since {end}."
        yield warning(text, "docs/upkeep.md#a-new-major-version-of-postgresql")


def timeouts(connection: psycopg.Connection) -> Iterator[Finding]:
    """Compare the time-outs with what was asked for: PgBouncer can drop it."""
    asked = dict(
        re.findall(r"-c\s*(\w+)=(\S+)", settings.DATABASES["default"]["OPTIONS"]["options"])
    )
    order = "SELECT setting::bigint, format('%%I', current_user) FROM pg_settings WHERE name = %s"
    for name in TIMEOUTS:
        wanted = _milliseconds(asked.get(name, "0"))
        [(actual, role)] = connection.execute(order, [name]).fetchall()
        if wanted and not 0 < actual <= wanted:
            is_now = f"{actual / 1000:g}s" if actual else "without limit"
            text = f"{name} is {is_now}, although itemsite asks for {asked[name]}."
            yield warning(text, f"ALTER ROLE {role} SET {name} = '{asked[name]}';")


def _milliseconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)(ms|s|min|h|)", text.strip("'"))
    return int(found[1]) * MILLISECONDS[found[2]] if found else 0


def pooler(connection: psycopg.Connection) -> Iterator[Finding]:
    """Report prepared statements behind PgBouncer."""
    if is_pooled(connection) and settings.DATABASE_PREPARE:
        text = (
            "A pooler is between itemsite and PostgreSQL. If its pool_mode is transaction, prepared"
            " statements fail."
        )
        yield warning(text, "DATABASE_PREPARE=0")


def read_only(connection: psycopg.Connection) -> Iterator[Finding]:
    [(is_standby, is_read_only, role, database, source)] = connection.execute(READ_ONLY).fetchall()
    if is_standby:
        text = "The server is a standby: people can only read."
        yield warning(
            text, "Name the primary in DATABASE_URL, or add ?target_session_attrs=read-write"
        )
    elif is_read_only:
        text = "The database is read-only: default_transaction_read_only is on."
        name = "default_transaction_read_only"
        line = RESETS.get(source, OF_SERVER).format(name, role=role, database=database)
        yield fault(text, f"SET {name} = off; {line}")


def connections(connection: psycopg.Connection) -> Iterator[Finding]:
    """Compare what the workers can open with what the server allows."""
    workers = startup.worker_count()
    needed = workers * (settings.DATABASE_POOL_SIZE + BESIDE_THE_POOL)
    [(room, of_role, of_database, role, database)] = connection.execute(ROOM).fetchall()
    text = f"{workers} workers can open {needed} connections, but {{}} allows {{}}."
    if needed > room:
        line = f"ALTER SYSTEM SET max_connections = {needed + FOR_COMMANDS};"
        yield warning(text.format("PostgreSQL", room), f"{line} then restart PostgreSQL")
    for limit, kind, name in ((of_role, "ROLE", role), (of_database, "DATABASE", database)):
        if limit is not None and needed > limit:
            said = text.format(f"{kind.lower()} {name}", limit)
            yield warning(said, f"ALTER {kind} {name} CONNECTION LIMIT -1;")


def clock(connection: psycopg.Connection) -> Iterator[Finding]:
    before = time.time()
    [(there,)] = connection.execute(
        "SELECT extract(epoch FROM clock_timestamp())::float8"
    ).fetchall()
    after = time.time()
    apart = max(before - there, there - after)
    if apart > CLOCK_SECONDS:
        text = f"This machine's clock and PostgreSQL's are {apart:,.0f} seconds apart."
        yield warning(text, "sudo timedatectl set-ntp true (on both machines)")


def data_disk(connection: psycopg.Connection) -> Iterator[Finding]:
    """Look at the server's disk, if it is on this machine and says where its data are."""
    order = "SELECT setting FROM pg_settings WHERE name = 'data_directory'"
    for (folder,) in connection.execute(order).fetchall():
        if connection.info.host.startswith("/") and Path(folder).exists():
            yield from full_disk("PostgreSQL's data", Path(folder))


CHECKS = (support, timeouts, pooler, read_only, connections, clock, data_disk)
