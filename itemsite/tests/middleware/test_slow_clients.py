"""Clients who take their time, as gunicorn meets them: they keep nobody out."""

import socket
from contextlib import ExitStack
from io import BytesIO

import pytest
from django.test import RequestFactory
from gevent import sleep

from itemsite.middleware import slow_clients
from itemsite.tests.clone import PATIENCE_SECONDS

pytestmark = pytest.mark.long

HEADERS = b"GET /items/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000\r\n\r\n{"name": "'
)
MANY = b"GET /items/?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server(clone):
    # With a limit, so that each write asks the database something before it is made.
    server = clone.serve(VISITOR_WRITES_PER_MINUTE="10000").wait_for_address()
    yield server
    server.stop()


@pytest.fixture
def begin(server):
    """Return a function that makes connections which have sent something."""
    with ExitStack() as stack:

        def begin(count, sent):
            begun = [stack.enter_context(socket.socket()) for _ in range(count)]
            for connection in begun:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.settimeout(PATIENCE_SECONDS)
                connection.connect((server.host, server.port))
                connection.sendall(sent)
            return begun

        yield begin


def is_unanswered(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) is None
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(PATIENCE_SECONDS)


def statuses(server):
    """Return what an ordinary reader and writer get, more often than there are connections."""
    read = [server.request("GET", "/items/?limit=1")[0] for _ in range(10)]
    return {*read, *(server.request("POST", "/items/", {"name": "quick"})[0] for _ in range(10))}


def test_senders_keep_nobody_out(server, begin):
    headers, sending = begin(200, HEADERS), begin(100, BODY)

    for _ in range(2):
        for connection in [*headers, *sending]:
            connection.sendall(b"x")
        assert statuses(server) == {200, 201}
    assert all(map(is_unanswered, sending))
    assert [connection.recv(1) for connection in headers] == [b""] * 200  # hung up on: keepalive


def test_readers_keep_nobody_out(server, begin):
    for _ in range(2):
        server.request("POST", "/items/", [{"name": "x", "description": "d" * 10_000}] * 250)

    begin(16, MANY)

    assert statuses(server) == {200, 201}


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    class Endless(BytesIO):
        def read(self, size=-1):
            sleep(PATIENCE_SECONDS)

    monkeypatch.setattr(slow_clients, "BODY_SECONDS", 0.01)
    gunicorn = {"gunicorn.socket": None, "wsgi.input": Endless()}
    request = RequestFactory().post("/items/", "{}", "application/json", **gunicorn)

    response = slow_clients.free_connection_while_waiting(None)(request)

    assert response.status_code == 408
