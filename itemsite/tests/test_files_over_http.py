"""Downloads of the whole list, as gunicorn sends them: to slow clients, and to those who leave."""

import csv
import http.client
import io
import os
import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from itemsite.embedded.datadir import NAME
from itemsite.tests.clone import PATIENCE_SECONDS, until

pytestmark = pytest.mark.long

COPIES = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'"
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE query LIKE '%itemsite export%' AND wait_event = 'advisory'
"""
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND pid <> pg_backend_pid()"
FILL = """
    TRUNCATE items_item, items_change, items_changeset RESTART IDENTITY;
    INSERT INTO items_item (name, description)
    SELECT 'Item ' || n, repeat('x ', 3000) FROM generate_series(1, {}) AS n
"""
ITEMS = 5_000  # 30 MB
SLOW = """
    CREATE OR REPLACE FUNCTION items_escape(cell text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.02); RETURN cell; END $$
"""
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve(WEB_CONCURRENCY="1").wait_for_address()
    yield server
    server.stop()


@pytest.fixture
def database(clone, server):
    options = {"host": clone.socket_folder, "user": NAME, "dbname": NAME, "autocommit": True}
    with psycopg.connect(**options) as connection:
        yield connection


@pytest.fixture
def large(database):
    database.execute(FILL.format(ITEMS))
    database.execute("VACUUM ANALYZE items_item")


@pytest.fixture
def slow(database):
    """Let PostgreSQL take 20 seconds for the first 500 items."""
    database.execute(FILL.format(1000))
    [(before,)] = database.execute("SELECT pg_get_functiondef('items_escape(text)'::regprocedure)")
    database.execute(SLOW)
    yield
    database.execute(before)


def number(database, sql, *parameters):
    return database.execute(sql, parameters or None).fetchone()[0]


def worker_of(server):
    [worker] = server.workers()
    return worker


def spool_files(server):
    names = []
    for link in Path(f"/proc/{worker_of(server)}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has just been closed
            names.append(os.readlink(link))
    return [name for name in names if name.endswith("(deleted)") and "gunicorn" not in name]


def resident_bytes(server, name):
    status = Path(f"/proc/{worker_of(server)}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024


@contextmanager
def download(server, path="/items.csv"):
    """Give the answer to a client with little space for it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(PATIENCE_SECONDS)
    with client:
        client.connect((server.host, server.port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        with closing(answer):
            yield answer


def ids(data):
    _, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    return [int(row[0]) for row in rows]


def test_slow_clients_hold_no_connection(server, database, large):
    with ExitStack() as stack:
        answers = [stack.enter_context(download(server)) for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 8

        until(lambda: len(spool_files(server)) == 8)
        until(lambda: not number(database, COPIES) and not number(database, WAITING))

        assert number(database, OTHERS, NAME) <= 5  # the pool, and the snapshots' one
        assert {server.request("GET", "/items/?limit=1")[0] for _ in range(10)} == {200}
        status, headers, problem = server.request("GET", "/items.csv")
        assert (status, problem["status"]) == (503, 503)
        assert int(headers["Retry-After"]) > 0
        assert server.request("HEAD", "/items.csv")[0] == 200
        assert answers[0].read().count(b"\r\n") == ITEMS + 1

    until(lambda: not spool_files(server))
    assert server.request("GET", "/items.csv?q=item+77")[0] == 200


def test_a_client_who_leaves_ends_the_copy(server, database, slow):
    with download(server) as answer:
        assert answer.readline() == b'"id","name","description"\r\n'  # before there is more
        until(lambda: number(database, COPIES))

    until(lambda: not number(database, COPIES) and not spool_files(server))


@pytest.mark.parametrize("path", ["/items.csv", "/items.ndjson", "/items.xlsx"])
def test_a_client_who_leaves_while_waiting_is_forgotten(server, database, path):
    database.execute(FILL.format(10))
    for turn in range(2):
        database.execute("SELECT pg_advisory_lock(hashtext('itemsite export'), %s)", [turn])
    try:
        with socket.create_connection((server.host, server.port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            until(lambda: number(database, WAITING))

        until(lambda: not number(database, WAITING) and not spool_files(server))
    finally:
        database.execute("SELECT pg_advisory_unlock_all()")
    with download(server, path) as answer:
        assert answer.read()


def test_half_a_file_is_not_taken_for_the_whole(server, database, slow):
    with download(server) as answer:
        answer.readline()
        until(lambda: number(database, COPIES))
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'"
        )

        with pytest.raises(http.client.IncompleteRead):
            answer.read()

    until(lambda: not spool_files(server))


def test_items_that_are_renamed_in_the_meantime_are_there_once(clone, server, database):
    database.execute(FILL.format(3000))
    database.execute("UPDATE items_item SET description = ''")
    is_over = threading.Event()

    def rename():
        options = {"host": clone.socket_folder, "user": NAME, "dbname": NAME, "autocommit": True}
        with psycopg.connect(**options) as connection:
            while not is_over.is_set():
                connection.execute(
                    "UPDATE items_item SET name = 'Item ' || (random() * 9000)::int"
                    " WHERE id IN (SELECT (random() * 2999)::int + 1 FROM generate_series(1, 50))"
                )

    writer = threading.Thread(target=rename)
    writer.start()
    try:
        files = [server.request("GET", "/items.csv?sort=name")[2] for _ in range(10)]
        found = [server.request("GET", "/items.csv?q=item&sort=name")[2] for _ in range(5)]
    finally:
        is_over.set()
        writer.join()

    for file in [*files, *found]:
        assert sorted(ids(file)) == list(range(1, 3001))


def test_a_large_file_needs_little_memory(server, database, large):
    for path in ("/items.csv?q=item+77", "/items.ndjson?q=item+77", "/items/"):
        with download(server, path) as answer:
            assert answer.read()
    Path(f"/proc/{worker_of(server)}/clear_refs").write_text("5")  # begins a new VmHWM
    before = resident_bytes(server, "VmRSS")

    for path in ("/items.csv", "/items.ndjson", "/items.csv?q=item&sort=name"):
        size = 0
        with download(server, path) as answer:
            while block := answer.read(MEGABYTE):
                size += len(block)
        assert size > 6000 * ITEMS

    assert resident_bytes(server, "VmHWM") - before <= 16 * MEGABYTE


def test_a_workbook_is_made_beside_the_worker(server, database):
    database.execute(FILL.format(500))

    status, headers, data = server.request("GET", "/items.xlsx")

    assert status == 200
    assert headers["Content-Length"] == str(len(data))
    assert data.startswith(b"PK")
    until(lambda: not spool_files(server))
