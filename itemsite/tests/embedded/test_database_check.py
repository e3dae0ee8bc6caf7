"""A role that lacks rights gets the SQL that mends it, from the check and from bin/serve."""

import json
import re

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS

pytestmark = pytest.mark.long

AS_SUPERUSER = "from itemsite.embedded import cluster; c = cluster.connect_as_superuser()"


@pytest.fixture(scope="module", autouse=True)
def keeper(clone):
    """Keep PostgreSQL running for the others."""
    server = clone.serve().wait_for_address()
    yield
    server.stop()


@pytest.fixture
def sql(clone):
    """Return a function that runs orders as a superuser."""

    def run(*orders):
        return clone.python(
            "; ".join([AS_SUPERUSER, *(f'c.execute("{order}")' for order in orders)])
        )

    return run


def url(clone, role, database):
    """Return a DATABASE_URL for a role: only itemsite is let in, and it becomes the other."""
    socket = clone.python("from itemsite.embedded import cluster; print(cluster.socket_folder())")
    host = socket.replace("/", "%2F")
    return f"postgresql://itemsite@{host}:5432/{database}?options=-c%20role%3D{role}"


@pytest.fixture
def granted(clone, sql):
    """Give the tutorials' mistake: a role with all privileges on a database, and its URL."""
    sql(
        "CREATE ROLE granted",
        "GRANT granted TO itemsite",
        "CREATE DATABASE theirs",
        "GRANT ALL PRIVILEGES ON DATABASE theirs TO granted",
    )
    yield url(clone, "granted", "theirs")
    sql("DROP DATABASE theirs", "DROP ROLE granted")


def sql_in_theirs(clone, orders):
    connect = "import psycopg; from itemsite.embedded import cluster; c = psycopg.connect("
    connect += "host=str(cluster.socket_folder()), user='postgres', dbname='theirs')"
    clone.python(f"{connect}; c.execute('{orders}'); c.commit()")


def test_serve_prints_the_sql_and_it_mends(clone, sql, granted):
    refused = clone.serve(DATABASE_URL=granted)
    status = refused.process.wait(PATIENCE_SECONDS)
    order = re.search(r"run: (ALTER DATABASE .*;)", refused.output)[1]
    sql(order)
    served = clone.serve(DATABASE_URL=granted).wait_for_address()
    made = served.request("POST", "/items/", {"name": "Book"})[0]
    served.stop()

    assert status == 1
    assert "role granted cannot create tables in schema public of theirs" in refused.output
    assert order == "ALTER DATABASE theirs OWNER TO granted;"
    assert "Traceback" not in refused.output
    assert made == 201


def test_the_check_prints_it_too(clone, granted):
    said = clone.manage("check", "--database", "default", DATABASE_URL=granted, SECRET_KEY="s" * 50)

    told = clone.manage("doctor", DATABASE_URL=granted, SECRET_KEY="s" * 50)

    assert said.returncode == 1
    assert "ALTER DATABASE theirs OWNER TO granted;" in said.stderr
    assert told.returncode == 2
    assert "-> As a superuser run: ALTER DATABASE theirs OWNER TO granted;" in told.stdout


def test_tables_of_another_role_are_named_with_the_sql_that_mends(clone, sql, granted):
    sql("ALTER DATABASE theirs OWNER TO granted")
    as_superuser = url(clone, "granted", "theirs").replace("itemsite@", "postgres@").split("?")[0]
    clone.manage("migrate", DATABASE_URL=as_superuser).check_returncode()

    said = clone.manage("check", "--database", "default", DATABASE_URL=granted)
    orders = re.search(r"run: (ALTER .*;)", said.stderr)[1]
    sql_in_theirs(clone, orders)
    served = clone.serve(DATABASE_URL=granted).wait_for_address()
    made = served.request("POST", "/items/", {"name": "Book"})[0]
    served.stop()

    assert "ALTER TABLE items_item OWNER TO granted;" in orders
    assert "ALTER FUNCTION items_fold(text) OWNER TO granted;" in orders
    assert made == 201


def test_a_schema_that_follows_nobody_is_named_too(clone, sql, granted):
    """As in a database that was made before PostgreSQL 15."""
    sql("ALTER DATABASE theirs OWNER TO granted")
    sql_in_theirs(clone, "ALTER SCHEMA public OWNER TO postgres")

    said = clone.manage("check", "--database", "default", DATABASE_URL=granted)

    assert "in theirs: ALTER SCHEMA public OWNER TO granted;" in said.stderr


def test_an_ordinary_database_passes(clone):
    said = clone.manage("check", "--database", "default")

    assert said.returncode == 0
    assert "no issues" in said.stdout


def test_a_risky_server_is_named(clone, sql):
    sql("ALTER DATABASE itemsite SET synchronous_commit = off")

    said = clone.manage("check", "--database", "default")
    told = clone.manage("doctor")
    sql("ALTER DATABASE itemsite RESET synchronous_commit")

    assert "synchronous_commit is off" in said.stderr
    assert said.returncode == 0
    assert "WARNING  DATABASE_URL: synchronous_commit is off" in told.stdout
    assert "ALTER SYSTEM SET synchronous_commit = on;" in told.stdout
    assert told.returncode == 1


def test_the_doctor_finds_an_ordinary_site_well(clone):
    said = clone.manage("doctor", "--json")

    found = json.loads(said.stdout)
    assert {finding["check"] for finding in found["findings"]} == {"backup_age"}
    assert (found["status"], said.returncode, said.stderr) == ("ok", 0, "")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"DATABASE_URL": "postgresql://u:p@h:port/n"}, "DATABASE_URL is not valid"),
        ({"PG_BIN": "/nonexistent"}, "PG_BIN: the folder /nonexistent does not contain"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/n"}, "Connection refused"),
    ],
)
def test_the_doctor_makes_a_finding_of_a_refused_start(clone, variables, sentence):
    said = clone.manage("doctor", "--json", **{"SECRET_KEY": "s" * 50} | variables)

    assert sentence in json.loads(said.stdout)["findings"][-1]["what"]
    assert (said.returncode, said.stderr) == (2, "")
