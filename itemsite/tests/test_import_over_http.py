"""Spreadsheets over HTTP, through gunicorn: what is refused, and what a worker keeps of them."""

import socket
from contextlib import closing

import pytest

from items.http.received_file import FILE_MAX
from itemsite.tests.clone import PATIENCE_SECONDS

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
