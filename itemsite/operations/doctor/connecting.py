"""Why PostgreSQL cannot be reached: what it says, and the line that mends it."""

import re

import psycopg
from django.db import connections

from itemsite.operations.doctor.findings import Finding, fault
from itemsite.operations.server import first_line

LIMITS = (
    "WEB_CONCURRENCY=2 or a smaller DATABASE_POOL_SIZE; or, as a superuser:"
    " ALTER SYSTEM SET max_connections = 200; then restart PostgreSQL"
)
# What libpq, PostgreSQL or PgBouncer say, in the order in which to look for it.
MENDS = {
    r"unsupported startup parameter": "In pgbouncer.ini: ignore_startup_parameters = options",
    r"Peer authentication|Ident authentication": (
        "DATABASE_URL=postgresql://{user}:PASSWORD@localhost/{dbname}"
    ),
    r"password authentication failed|no password supplied|SASL authentication failed": (
        "As a superuser: ALTER ROLE {user} PASSWORD 'choose-a-long-one'; or, if there is no such"
        " role: CREATE ROLE {user} LOGIN PASSWORD 'choose-a-long-one'; then write the same into"
        " DATABASE_URL, special characters as %XX"
    ),
    r"role .* does not exist": (
        "As a superuser: CREATE ROLE {user} LOGIN PASSWORD 'choose-a-long-one';"
    ),
    r"database .* does not exist|no such database": (
        "As a superuser: CREATE DATABASE {dbname} OWNER {user} ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        " TEMPLATE template0;"
    ),
    r"not permitted to log in": "As a superuser: ALTER ROLE {user} LOGIN;",
    r"permission denied for database": (
        "As a superuser: GRANT CONNECT ON DATABASE {dbname} TO {user};"
    ),
    r"no pg_hba.conf entry|rejects connection": (
        "In pg_hba.conf: host {dbname} {user} ADDRESS-OF-THIS-MACHINE/32 scram-sha-256"
        " and, as a superuser: SELECT pg_reload_conf();"
    ),
    r"too many (clients|connections)|remaining connection slots|no more connections": LIMITS,
    r"starting up|shutting down|recovery": "Wait, and look into PostgreSQL's log",
    r"resolve host|translate host name|Name or service": (
        "Correct the host in DATABASE_URL; with docker compose it is db"
    ),
    r"timeout expired|timed out": (
        "PostgreSQL hangs or is overloaded: look into its log. If it is on another machine and was"
        " never reached: listen_addresses = '*' in postgresql.conf, and let port {port} through the"
        " firewall"
    ),
    r"SSL|certificate": "Add ?sslmode=require to DATABASE_URL, or sslrootcert with the right file",
    r"refused|No such file|Is the server running": (
        "sudo systemctl start postgresql (macOS: brew services start postgresql@18;"
        " containers: docker compose up -d db), or correct the port in DATABASE_URL; it is {port}"
    ),
}
OTHERWISE = "Look into PostgreSQL's log, and test with: psql \"$DATABASE_URL\" -c 'SELECT 1'"


def unreachable(error: psycopg.Error) -> Finding:
    about = connections["default"].get_connection_params()
    known = {"user": "itemsite", "dbname": "itemsite", "port": 5432} | about
    text = str(error)
    mend = next((line for words, line in MENDS.items() if re.search(words, text)), OTHERWISE)
    return fault(f"DATABASE_URL: {first_line(error)}.", mend.format_map(known))
