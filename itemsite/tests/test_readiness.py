"""What /readyz names, and what it never does."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from itemsite import readiness
from itemsite.embedded.binaries import PROJECT
from itemsite.operations.doctor import database
from itemsite.tests.database_url import database_url

pytestmark = pytest.mark.django_db


def ready(client):
    response = client.get("/readyz", headers={"Host": "10.0.0.7"})
    return response.status_code, response.json().get("reasons")


def test_names_what_keeps_it_from_serving(client):
    usual = ready(client)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'items' AND name > '0007z'")
        migrating = ready(client)
        cursor.execute("DELETE FROM django_migrations WHERE app = 'items' AND name > '0006z'")
        cursor.execute("SET LOCAL transaction_read_only = on")
        several = ready(client)

    assert usual == (200, None)
    assert migrating == (503, ["1 migration pending"])
    assert several == (503, ["read-only", "2 migrations pending"])


def test_a_squashed_migration_counts_as_the_doctor_counts_it(client):
    with connection.cursor() as cursor:
        cursor.execute("""
            DELETE FROM django_migrations WHERE app = 'items' AND name IN
                ('0003_api_keys_answers_and_tallies', '0004_api_key', '0006_tally');
            INSERT INTO django_migrations (app, name, applied)
                VALUES ('items', '0004_api_key', now())
        """)
        half = ready(client)
        [of_half] = database.migrations(connection.connection)
        cursor.execute("""
            INSERT INTO django_migrations (app, name, applied) VALUES ('items', '0006_tally', now())
        """)
        whole = ready(client)
        of_whole = list(database.migrations(connection.connection))

    assert half == (503, ["1 migration pending"])
    assert of_half.what.startswith("1 migration is pending")
    assert (whole, of_whole) == ((200, None), [])


def test_names_what_postgresql_refuses(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE items_item RENAME TO moved")

    assert ready(client) == (503, ["PostgreSQL: undefined table"])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"HOST": "127.0.0.1", "PORT": 1}, "connection refused"),
        ({"HOST": "/nowhere"}, "connection refused"),
        ({"HOST": "no.such.host.invalid"}, "unknown host name"),
        ({"NAME": "no such database"}, "the database or the role does not exist"),
        ({"USER": "nobody-of-that-name"}, "authentication failed"),
    ],
)
def test_names_why_there_is_no_connection(settings, reason, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setitem(connection.settings_dict, name, value)

    assert readiness._why_unreached() == f"PostgreSQL: {reason}"


def test_a_probe_that_waits_in_vain_costs_the_pool_no_connection():
    code = """
from gevent import monkey; monkey.patch_all()
import django; django.setup()
from django.db import connection
from itemsite import readiness
readiness.ANSWER_SECONDS = 0.05
connection.pool.open()
held = connection.pool.getconn()
print(readiness.reasons())
connection.pool.putconn(held)
connection.pool.getconn()
"""
    url = database_url(connection.settings_dict["NAME"])
    variables = {"DATABASE_URL": url, "DATABASE_POOL_SIZE": "1"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("['PostgreSQL: no answer']\n", "")
