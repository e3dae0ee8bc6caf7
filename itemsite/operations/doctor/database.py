"""The site's database: tables, migrations, indexes, triggers. Each check gets a connection."""

from collections.abc import Iterator

import psycopg
from django.core import checks

from items.database.checks import check_database
from itemsite.operations.doctor.findings import Finding, fault, manage, warning
from itemsite.operations.migrations import APPLIED, find_pending, on_disk, replaced_by
from itemsite.operations.scratch import left_over

LARGE_HISTORY = 5_000_000_000  # bytes
PLACES = """
    SELECT format('%I', current_user), format('%I', current_database()), current_schema(),
        (SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
            WHERE pg_class.oid = to_regclass('items_item')),
        (SELECT min(nspname) FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
            WHERE relname = 'items_item' AND relkind = 'r')
"""
LACKING = """
    SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'),
        to_regclass('items_item') IS NOT NULL
        AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
"""
INVALID_INDEXES = """
    SELECT relname, CASE WHEN relname ~ '_cc(new|old)\\d*$' THEN 'DROP INDEX CONCURRENTLY '
        ELSE 'REINDEX INDEX CONCURRENTLY ' END || pg_class.oid::regclass || ';'
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
"""
UNCHECKED_CONSTRAINTS = """
    SELECT conname, format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', conrelid::regclass, conname)
    FROM pg_constraint
    WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
"""
DISABLED_TRIGGERS = """
    SELECT tgname, format('ALTER TABLE %s ENABLE TRIGGER %I;', tgrelid::regclass, tgname)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgenabled IN ('D', 'R') AND relnamespace = current_schema()::regnamespace
"""
HISTORY_SIZE = """
    SELECT sum(pg_total_relation_size(to_regclass(name)))::bigint,
        pg_database_size(current_database())
    FROM unnest(ARRAY['items_change', 'items_changeset']) AS name
"""


def rights_and_server(connection: psycopg.Connection) -> Iterator[Finding]:
    """Report what `check --database default` finds, on a connection of its own."""
    for message in check_database(None, databases=["default"]):
        found = fault if message.level >= checks.ERROR else warning
        yield found(message.msg, message.hint or "")


def search_path(connection: psycopg.Connection) -> Iterator[Finding]:
    [(role, database, current, visible, somewhere)] = connection.execute(PLACES).fetchall()
    mend = f"ALTER ROLE {role} IN DATABASE {database} SET search_path = {somewhere};"
    if somewhere and not visible:
        text = f"The tables are in schema {somewhere}, where search_path does not lead."
        yield fault(text, mend)
    elif visible and visible != current:
        text = f"The tables are in schema {visible}, but new ones would come into {current}."
        yield warning(text, mend)


def migrations(connection: psycopg.Connection) -> Iterator[Finding]:
    [(exists,)] = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
    applied = set(connection.execute(APPLIED).fetchall()) if exists else set()
    known = on_disk().keys() | set().union(*map(replaced_by, on_disk().values()))
    pending = find_pending(applied)
    if pending:
        names = ", ".join(map(".".join, pending[:3])) + (", ..." if len(pending) > 3 else "")
        count = f"{len(pending)} migrations are" if len(pending) > 1 else "1 migration is"
        text = f"{count} pending ({names}). bin/serve runs them."
        yield fault(text, manage("migrate"))
    newer = sorted(name for app, name in applied - known if app == "items")
    if newer:
        text = f"The database is newer than this code: it has items.{newer[-1]}."
        yield warning(text, "git pull, then restart the site")


def extensions(connection: psycopg.Connection) -> Iterator[Finding]:
    [(is_available, is_lacking)] = connection.execute(LACKING).fetchall()
    if not is_available:
        text = "The server does not have PostgreSQL's own extensions, such as pg_trgm."
        yield fault(text, "Fedora: sudo dnf install postgresql-contrib")
    elif is_lacking:
        yield fault("The extension pg_trgm is missing: searches fail.", "CREATE EXTENSION pg_trgm;")


def indexes(connection: psycopg.Connection) -> Iterator[Finding]:
    for name, mend in connection.execute(INVALID_INDEXES).fetchall():
        text = f"The index {name} is not valid: making it was interrupted. It helps no search."
        yield warning(text, mend)


def constraints(connection: psycopg.Connection) -> Iterator[Finding]:
    for name, mend in connection.execute(UNCHECKED_CONSTRAINTS).fetchall():
        yield warning(f"Older rows were never checked against the constraint {name}.", mend)


def triggers(connection: psycopg.Connection) -> Iterator[Finding]:
    for name, mend in connection.execute(DISABLED_TRIGGERS).fetchall():
        text = f"The trigger {name} is disabled: history, versions or rules are not kept."
        yield fault(text, mend)


def history(connection: psycopg.Connection) -> Iterator[Finding]:
    [(size, whole)] = connection.execute(HISTORY_SIZE).fetchall()
    if size > LARGE_HISTORY:
        text = f"The history takes {size / 1e6:,.1f} MB of the database's {whole / 1e6:,.1f} MB."
        yield warning(text, manage("prune_history --older-than 365d"))


def verifications(connection: psycopg.Connection) -> Iterator[Finding]:
    for name in left_over(connection):
        text = f"A restore --verify that was killed left the database {name}."
        quoted = '"' + name.replace('"', '""') + '"'
        yield warning(text, f"DROP DATABASE {quoted};")


CHECKS = (
    rights_and_server,
    search_path,
    extensions,
    migrations,
    indexes,
    constraints,
    triggers,
    history,
    verifications,
)
