"""Many keys write at once through PgBouncer, set up as docs/deploy.md says."""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest

from itemsite.tests.clone import Server, free_port, until
from itemsite.tests.serving.proxies.pgbouncer import PgBouncer, documented

pytestmark = pytest.mark.long
KEYS, POSTS, CONNECTIONS = 8, 50, 16  # so many POSTs with each key
SERVERS = 2  # PgBouncer's connections to PostgreSQL
AUTHORS = """
    SELECT way, detail, items_item.name FROM items_item JOIN items_change ON item_id = items_item.id
    JOIN items_changeset ON items_changeset.id = change_set_id
"""


@pytest.fixture
def pgbouncer(clone):
    """Give the URL of a PgBouncer in front of the clone's PostgreSQL, which runs."""
    private = clone.serve().wait_for_address()
    as_superuser = "from itemsite.embedded import cluster; c = cluster.connect_as_superuser()"
    clone.python("; ".join([as_superuser, *(f"c.execute({order!r})" for order in documented())]))
    pgbouncer = PgBouncer(f"host={clone.socket_folder}", SERVERS)
    yield pgbouncer.url
    pgbouncer.stop()
    private.stop()


def is_up(server):
    assert server.process.poll() is None, server.output
    with suppress(ConnectionRefusedError):
        return server.request("GET", "/readyz")[0] == 200
    return False


@contextmanager
def serving(clone, url):
    variables = {"DATABASE_URL": url, "DATABASE_PREPARE": "0", "HTTPS": "0"}
    port = free_port()
    environment = clone.environment(SECRET_KEY="k" * 50, PORT=str(port), **variables)
    server = Server([sys.executable, "-m", "gunicorn"], clone.folder, environment)
    server.port = port
    try:
        until(lambda: is_up(server))
        yield server
    finally:
        server.stop()


def test_each_item_has_the_name_of_its_key(clone, pgbouncer):
    secrets = {
        f"key {n}": clone.manage("create_api_key", f"key {n}", "--user", "admin").stdout.strip()
        for n in range(KEYS)
    }

    def post(name):
        bearer = {"Authorization": f"Bearer {secrets[name]}"}
        return server.insist("POST", "/items/", {"name": name}, **bearer)[0]

    with serving(clone, pgbouncer) as server, ThreadPoolExecutor(CONNECTIONS) as pool:
        statuses = Counter(pool.map(post, [*secrets] * POSTS))

    assert statuses == {201: KEYS * POSTS}
    with psycopg.connect(pgbouncer) as database:
        authors = Counter(database.execute(AUTHORS).fetchall())
    assert authors == {("json", name, name): POSTS for name in secrets}
    assert settings_left(pgbouncer) == {("",)}


def test_the_time_outs_are_those_that_were_asked_for(pgbouncer):
    asked = {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    }
    options = " ".join(f"-c {name}={value}" for name, value in asked.items())

    with psycopg.connect(pgbouncer, options=options) as database:  # which PgBouncer ignores
        found = {name: database.execute(f"SHOW {name}").fetchone()[0] for name in asked}

    assert found == asked


def settings_left(url):
    """Return what PgBouncer's connections still know of change sets."""
    with psycopg.connect(url) as one, psycopg.connect(url) as other:
        found = [
            each.execute("SELECT current_setting('itemsite.change_set', true)").fetchone()
            for each in (one, other)  # both transactions are open, so these are all SERVERS
        ]
    return set(found)


def test_the_doctor_is_content_with_the_role_and_names_what_else_pgbouncer_needs(clone, pgbouncer):
    said = clone.manage("doctor", DATABASE_URL=pgbouncer, HTTPS="0", SECRET_KEY="k" * 50)

    assert "lock_timeout" not in said.stdout
    assert "DATABASE_PREPARE=0" in said.stdout
    assert said.returncode == 2  # an easy key
    assert said.stderr == ""
