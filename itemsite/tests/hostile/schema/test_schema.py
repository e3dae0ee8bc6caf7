"""What /openapi.json says is what the server does: schemathesis, with all its checks."""

import os

import pytest

from itemsite.tests.hostile.schema.run import cursors_of, run_schemathesis

pytestmark = pytest.mark.long

PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")

# SCHEMA_EXAMPLES=1000 bin/test -m long -k schemathesis: a long run, each time another one
EXAMPLES = os.environ.get("SCHEMA_EXAMPLES")
EFFORT = ["--max-examples", EXAMPLES] if EXAMPLES else ["--max-examples", "2", "--seed", "1"]


@pytest.fixture(scope="module")
def open_server(clone):
    """Return a server that keeps PostgreSQL running for the others, and holds items."""
    server = clone.serve().wait_for_address()
    server.request("POST", "/items/", [{"name": "Book"}, {"name": "Notebook"}])
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cursors(open_server):
    return cursors_of(open_server)


@pytest.fixture(scope="module")
def key(clone, open_server):
    return clone.manage("create_api_key", "schema", "--user", "admin").stdout.strip()


@pytest.mark.parametrize(
    ("visitors_may", "with_key"),
    [
        pytest.param("view,add,change,delete", False, id="open"),
        pytest.param("view", False, id="read-only"),
        pytest.param("", True, id="with a key"),
    ],
)
def test_schemathesis_finds_nothing(clone, key, cursors, tmp_path, visitors_may, with_key):
    server = clone.serve(VISITORS_MAY=visitors_may).wait_for_address()
    header = ["--header", f"Authorization: Bearer {key}"] if with_key else []

    ended = run_schemathesis(clone, server, cursors, tmp_path, *EFFORT, *header)
    server.stop()

    assert ended.returncode == 0, ended.stdout
    for phase in PHASES:
        assert f"✅ {phase}" in ended.stdout, ended.stdout
