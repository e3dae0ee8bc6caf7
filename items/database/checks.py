"""Checks of the database server and its permissions: `check --database default`."""

import psycopg
from django.apps import apps
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.db import connections

SERVER_VERSION_MIN = 15_00_00  # PostgreSQL 15
RISKY_WHEN_OFF = ("fsync", "full_page_writes", "synchronous_commit")


def check_database(app_configs, databases=None, **kwargs: object) -> list[CheckMessage]:
    """Return the errors of these databases, each with the SQL that repairs it."""
    return [message for alias in databases or [] for message in _check(alias)]


def _check(alias: str) -> list[CheckMessage]:
    try:
        # Without the pool, which would only report a timeout.
        with psycopg.connect(**connections[alias].get_connection_params()) as connection:
            return [*_rights(connection.cursor()), *_server(connection)]
    except psycopg.Error as error:
        hint = "Check that the server is running, and that user, password and database are correct."
        said = str(error).partition("\n")[0]
        return [Error(f"DATABASE_URL: {said}", hint=hint, id="items.E001")]


def _rights(cursor: psycopg.Cursor) -> list[CheckMessage]:
    cursor.execute(
        """
        SELECT format('%I', current_user), format('%I', current_database()),
               coalesce(format('%I', current_schema()), ''),
               coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
               coalesce((SELECT nspowner = 'pg_database_owner'::regrole FROM pg_namespace
                         WHERE nspname = current_schema()), true),
               has_database_privilege(current_database(), 'CREATE')
               OR 2 = (SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'unaccent'))
        """
    )
    role, database, schema, may_make_tables, follows_owner, has_extensions = cursor.fetchone()
    if not schema:
        text = f"DATABASE_URL: role {role} has no schema in database {database}."
        hint = f"As a superuser, in {database}, run: CREATE SCHEMA {role} AUTHORIZATION {role};"
        return [Error(text, hint=hint, id="items.E002")]
    mend = f"As a superuser run: ALTER DATABASE {database} OWNER TO {role};"
    messages: list[CheckMessage] = []
    if not may_make_tables:
        if not follows_owner:  # as in a database created before PostgreSQL 15
            mend += f" and, in {database}: ALTER SCHEMA {schema} OWNER TO {role};"
        what = f"cannot create tables in schema {schema} of {database}"
        messages.append(Error(f"DATABASE_URL: role {role} {what}.", hint=mend, id="items.E003"))
    elif not has_extensions:
        what = f"cannot create the extensions pg_trgm and unaccent in {database}"
        messages.append(Error(f"DATABASE_URL: role {role} {what}.", hint=mend, id="items.E004"))
    return messages + _tables_of_other_roles(cursor, role)


def _tables_of_other_roles(cursor: psycopg.Cursor, role: str) -> list[CheckMessage]:
    """Report tables of another role, for example after a migration as postgres."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    cursor.execute(
        """
        SELECT format('ALTER TABLE %%I OWNER TO %%I;', relname, current_user)
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace
          AND (relname = ANY(%(tables)s) OR relkind = 'v' AND starts_with(relname, 'items_'))
          AND NOT pg_has_role(relowner, 'USAGE')
        UNION ALL
        SELECT format('ALTER FUNCTION %%s OWNER TO %%I;', pg_proc.oid::regprocedure, current_user)
        FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, 'items_')
          AND NOT pg_has_role(proowner, 'USAGE')
        ORDER BY 1
        """,
        {"tables": [*tables, "django_migrations"]},
    )
    orders = [order for (order,) in cursor.fetchall()]
    if not orders:
        return []
    text = f"DATABASE_URL: some tables or functions do not belong to role {role}."
    hint = f"As a superuser, in this database, run: {' '.join(orders)}"
    return [Error(text, hint=hint, id="items.E005")]


def _server(connection: psycopg.Connection) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    cursor = connection.cursor()
    version = connection.info.server_version
    if version < SERVER_VERSION_MIN:
        text = f"DATABASE_URL: the server is PostgreSQL {version // 10_000}; 15 or newer is needed."
        messages.append(Error(text, hint="Upgrade it with pg_upgrade.", id="items.E006"))
    cursor.execute(
        """
        SELECT pg_encoding_to_char(encoding), lower('Ä') = 'ä',
               format('%I', datname), format('%I', current_user)
        FROM pg_database WHERE datname = current_database()
        """
    )
    encoding, knows_letters, database, role = cursor.fetchone()
    recreate = (
        f"As a superuser, in another database, run: DROP DATABASE {database};"
        f" CREATE DATABASE {database} OWNER {role} ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        " TEMPLATE template0; This deletes all that is in it."
    )
    if encoding != "UTF8":
        text = f"DATABASE_URL: the database uses {encoding}, but itemsite needs UTF8."
        messages.append(Error(text, hint=recreate, id="items.E007"))
    elif not knows_letters:
        text = (
            "DATABASE_URL: a search for Ä does not find ä, because the database's locale does not"
            " know letters outside ASCII."
        )
        messages.append(checks.Warning(text, hint=recreate, id="items.W001"))
    cursor.execute(
        "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'",
        [list(RISKY_WHEN_OFF)],
    )
    for (name,) in cursor.fetchall():
        text = f"DATABASE_URL: {name} is off. A power failure can destroy saved data."
        hint = f"As a superuser run: ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
        messages.append(checks.Warning(text, hint=hint, id="items.W002"))
    return messages
