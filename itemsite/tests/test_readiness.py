"""What /readyz names, and what it never does."""

import pytest
from django.db import connection

from itemsite import readiness

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
