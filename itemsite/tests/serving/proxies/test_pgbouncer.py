"""Many keys write at once through PgBouncer, set up as docs/deploy.md says."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from tempfile import NamedTemporaryFile

import psycopg
import pytest

from itemsite.embedded.binaries import PROJECT, account
from itemsite.tests.clone import PATIENCE_SECONDS, Server, free_port, until

pytestmark = pytest.mark.long
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
KEYS, POSTS, CONNECTIONS = 8, 50, 16  # so many POSTs with each key
SERVERS = 2  # PgBouncer's connections to PostgreSQL
CONFIGURATION = """
[databases]
itemsite = host={folder} user=itemsite pool_size={servers}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
"""
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
    port = free_port()
    about = {"folder": clone.socket_folder, "servers": SERVERS, "port": port}
    url = f"postgresql://itemsite@127.0.0.1:{port}/itemsite"
    with running(CONFIGURATION.format(**about)) as process:
        until(lambda: process.poll() is None and answers(url))
        yield url
    private.stop()


def documented():
    """Return what docs/deploy.md tells PostgreSQL about the role."""
    return re.findall(r"ALTER ROLE itemsite SET .*?;", (PROJECT / "docs/deploy.md").read_text())


@contextmanager
def running(configuration):
    """Run PgBouncer as PostgreSQL's account; it refuses root."""
    as_account = {"user": account().pw_uid, "extra_groups": []} if os.getuid() == 0 else {}
    with NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(configuration)
        file.flush()
        os.chmod(file.name, 0o644)
        process = subprocess.Popen([PGBOUNCER, file.name], **as_account)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def answers(url):
    with suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False


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
