"""PostgreSQL that is locked or read-only, and a superuser who is signed in."""

import pytest
from django.db import connection
from django.test import Client

from itemsite.tests.faults.faults import RIGHT


@pytest.fixture(autouse=True)
def connect(monkeypatch):
    """Let nobody wait for a lock for long; return a function that connects otherwise."""
    from items.database import snapshot_cache  # Django is not ready when this file is loaded
    from items.spreadsheets.staging import click

    def connect(options):
        connection.close()
        connection.close_pool()
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", options)

    connect("-c lock_timeout=20ms")
    monkeypatch.setattr(click, "ROW_WAIT_MS", 20)
    yield connect
    snapshot_cache.SNAPSHOTS.close()
    connect("")
    connection.close_pool()


@pytest.fixture
def root(django_user_model):
    return django_user_model.objects.create_superuser("root", password=RIGHT)


@pytest.fixture
def client(root):
    client = Client(raise_request_exception=False)
    client.force_login(root)
    return client
