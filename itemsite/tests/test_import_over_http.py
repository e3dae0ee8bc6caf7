"""Spreadsheets over HTTP, through gunicorn: what is refused, and what a worker keeps of them."""

import os
import re
import signal
import socket
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest

from items.http.received_file import FILE_MAX, FORM_MAX
from itemsite.tests.clone import PATIENCE_SECONDS, until
from itemsite.tests.import_form import FORM, send_cells, send_click, send_form

pytestmark = pytest.mark.long
CSV = {"Content-Type": "text/csv"}
ROWS = b"name,description\n" + b"".join(b"Item %d,one of many\n" % n for n in range(20_000))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def server(clone, folder):
    open_to_all = {"VISITORS_MAY": "view,add,change,delete", "VISITOR_WRITES_PER_MINUTE": "0"}
    server = clone.serve(**open_to_all, TMPDIR=str(folder)).wait_for_address()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def closed_server(clone, server):
    server = clone.serve(VISITORS_MAY="view").wait_for_address()
    yield server
    server.stop()


def answer_to_head(server, *, length=1000, **headers):
    """Send a request without its body; return the head of the answer."""
    lines = {"Host": "localhost", "Content-Type": "text/csv", "Content-Length": length} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    with closing(socket.create_connection((server.host, server.port), PATIENCE_SECONDS)) as sender:
        sender.sendall(f"POST /items/import/ HTTP/1.1\r\n{head}\r\n".encode())
        return sender.recv(4096).split(b"\r\n")[0]


def test_an_import_larger_than_other_bodies_goes_in(server):
    content = ROWS + b"x" * 9_000 * 300

    status, _, told = server.request("POST", "/items/import/", content, **CSV)

    assert (status, told["imported"]) == (200, {"new": 20_000, "changed": 0})
    assert told["counts"]["wrong"] == 1
    assert told["rows_cut"]


def test_pasted_cells_come_again_if_they_could_not_be_read(server, clone):
    """The page has begun when the time to wait for the lock ends."""
    cells = b"name\r\nBook & <pen>\r\n"
    with psycopg.connect(
        host=str(clone.socket_folder), user="itemsite", dbname="itemsite"
    ) as beside:
        beside.execute("LOCK TABLE items_item IN ACCESS EXCLUSIVE MODE")
        with closing(send_cells(server, cells, **{"Accept-Language": "de"})) as connection:
            response = connection.getresponse()
            page = response.read().decode()
        beside.rollback()

    assert response.status == 200
    assert "<h1>Die eingefügten Zellen werden gelesen</h1>" in page
    assert "name\nBook &amp; &lt;pen&gt;\n</textarea>" in page.replace("\r", "")
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', page)


def test_rights_are_judged_before_the_body_came(closed_server):
    assert b" 401 " in answer_to_head(closed_server)


def test_the_origin_is_judged_before_the_body_came(server):
    assert b" 403 " in answer_to_head(server, Origin="https://elsewhere.example")
    assert b" 403 " in answer_to_head(server, Origin="null")


def test_the_length_is_judged_before_the_body_came(server):
    chunked = {"Transfer-Encoding": "chunked"}

    assert b" 413 " in answer_to_head(server, length=FILE_MAX + 1)
    assert b" 413 " in answer_to_head(server, length=10**12)
    assert b" 411 " in answer_to_head(server, length=None, **chunked)


def test_the_sentence_of_a_refusal_arrives_though_the_body_is_sent(server):
    status, _, told = server.request("POST", "/items/import/", b"x" * (FILE_MAX + 1), **CSV)

    assert status == 413
    assert "50,000,000 bytes" in told["detail"]


def test_a_file_that_was_cut_short_changes_nothing(server):
    _, before, _ = server.request("GET", "/items/?limit=1", Prefer="count=exact")
    with closing(socket.create_connection((server.host, server.port), PATIENCE_SECONDS)) as sender:
        head = "POST /items/import/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
        sender.sendall(f"{head}Content-Length: 1000\r\n\r\nname\nCut\n".encode())
        sender.shutdown(socket.SHUT_WR)
        assert b" 400 " in sender.recv(4096)
    _, after, _ = server.request("GET", "/items/?limit=1", Prefer="count=exact")

    assert before["X-Total-Count"] == after["X-Total-Count"]


def test_no_file_is_left_behind(server, folder):
    server.request("POST", "/items/import/?dry_run=1", b"name\nBook\n", **CSV)

    assert not list(folder.glob("itemsite-file-*"))


BUSY = "SELECT FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()"
NEWEST = "SELECT id FROM items_upload ORDER BY created_at DESC LIMIT 1"


@pytest.fixture
def database(clone, server):
    options = {"host": str(clone.socket_folder), "dbname": "itemsite", "user": "itemsite"}
    with psycopg.connect(**options, autocommit=True) as database:
        yield database


def test_a_long_reading_is_told_while_it_goes_on(server, database):
    rows = b"name\n" + b"".join(b"Told %d\n" % number for number in range(60_000))

    with closing(send_form(server, rows)) as connection:
        with database.transaction():  # so that it cannot be faster
            database.execute("LOCK TABLE items_staged IN SHARE MODE")
            response = connection.getresponse()
            first = response.read1()
        rest = response.read()

    assert (response.status, response.headers["X-Accel-Buffering"]) == (200, "no")
    assert b"Keep this page open" in first
    assert b"</html>" not in first
    assert b"60,000 rows read" in rest
    assert rest.index(b"<progress>") < rest.index(b"data-next")
    assert rest.rstrip().endswith(b"</html>")


def leave(sending, database, table):
    """Leave while the work waits for a table, so that it cannot be faster."""
    with closing(sending) as connection, database.transaction():
        database.execute(f"LOCK TABLE {table} IN SHARE MODE")
        connection.sock.recv(100)
        connection.sock.shutdown(socket.SHUT_WR)
        while connection.sock.recv(10_000):
            pass
    until(lambda: not database.execute(BUSY).fetchall())


def test_who_leaves_before_the_end_gets_nothing_and_can_click_again(server, database):
    rows = b"name\n" + b"".join(b"Left %d\n" % number for number in range(60_000))
    leave(send_form(server, rows), database, "items_staged")
    address = "/items/import/{}/".format(*database.execute(NEWEST).fetchone())
    _, _, unread = server.request("GET", address, Accept="text/html")
    with closing(send_click(server, f"{address}read/")) as connection:
        connection.getresponse().read()

    leave(send_click(server, address), database, "items_item")
    left = database.execute("SELECT FROM items_item WHERE name LIKE 'Left%'").fetchall()
    _, _, preview = server.request("GET", address, Accept="text/html")
    with closing(send_click(server, address)) as connection:
        told = connection.getresponse().read()

    assert b"This file was not read to its end" in unread
    assert left == []
    assert b"Import 60,000 rows" in preview
    assert b"data-next" in told
    _, _, result = server.request("GET", address, Accept="text/html")
    assert b"60,000 items were added." in result


def test_the_form_is_refused_before_the_body_came(server, closed_server):
    page = {"Accept": "text/html", "Content-Type": FORM["Content-Type"]}

    assert b" 302 " in answer_to_head(closed_server, **page)
    assert b" 403 " in answer_to_head(server, Origin="https://elsewhere.example", **page)
    assert b" 413 " in answer_to_head(server, length=FORM_MAX + 1, **page)


def kill_workers(server, database):
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)


def end_backends(server, database):
    database.execute(f"SELECT pg_terminate_backend(pid) FROM ({BUSY.replace('FROM', 'pid FROM')})")


@pytest.mark.parametrize("kill", [kill_workers, end_backends])
def test_what_is_killed_while_it_imports_leaves_nothing_half_done(server, database, kill):
    name = kill.__name__
    rows = b"name\n" + b"".join(b"%s %d\n" % (name.encode(), n) for n in range(30_000))
    with closing(send_form(server, rows)) as connection:
        connection.getresponse().read()
    address = "/items/import/{}/".format(*database.execute(NEWEST).fetchone())
    count = f"SELECT count(*) FROM items_item WHERE name LIKE '{name} %'"

    with closing(send_click(server, address)) as connection:
        until(
            lambda: database.execute(f"{BUSY} AND query LIKE '%INSERT INTO items_item%'").fetchall()
        )
        kill(server, database)
        with suppress(OSError, HTTPException):
            connection.getresponse().read()
    until(lambda: not database.execute(BUSY).fetchall())
    [(left,)] = database.execute(count)
    until(lambda: server.request("GET", address, Accept="text/html")[0] == 200)
    _, _, preview = server.request("GET", address, Accept="text/html")
    with closing(send_click(server, address)) as connection:
        connection.getresponse().read()

    assert left == 0
    assert b"Import 30,000 rows" in preview
    assert database.execute(count).fetchone() == (30_000,)


def readers(clone):
    """Return the processes that read spreadsheets for servers of this copy."""
    program = str(clone.folder / "items/spreadsheets/reader").encode()
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            if program in line.read_bytes():
                found.append(line.parent.name)
    return found


def test_a_server_that_stops_ends_what_it_reads(clone, server, database):
    stopping = clone.serve(GUNICORN_CMD_ARGS="--graceful-timeout=1").wait_for_address()
    rows = b"name\n" + b"".join(b"Stopped %d\n" % number for number in range(400_000))

    with closing(send_form(stopping, rows)):
        until(lambda: readers(clone))
        assert stopping.stop() == 0

    until(lambda: not database.execute(BUSY).fetchall())
    assert not readers(clone)
    assert not database.execute("SELECT FROM items_item WHERE name LIKE 'Stopped%'").fetchall()
