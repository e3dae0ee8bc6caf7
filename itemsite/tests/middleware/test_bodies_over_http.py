"""Bodies on a real connection: none after HEAD, none too large, none compressed unasked."""

import http.client
import json
import re
import socket
from contextlib import closing

import pytest

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve().wait_for_address()
    server.request("POST", "/items/", {"name": "Book"})
    yield server
    server.stop()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_no_answer_to_head_has_a_body(server, accept):
    """On one connection: a stray byte would be taken for the next answer."""
    kept = server.connection()
    paths = ["/items/", "/items/1/", "/docs/", "/openapi.json", "/healthz", "/readyz"]
    paths += ["/accounts/login/", "/admin/login/", "/", "/items", "/nothing/", "/items/?limit=0"]
    paths += [styles_of(server), "/static/nothing.css", "/items/?q=" + "x" * 300]

    with closing(kept):
        for path in paths:
            for method in ("HEAD", "GET"):
                kept.request(method, path, headers={"Accept": accept})
                answer = kept.getresponse()
                content = answer.read()
                assert answer.status < 500, path
                assert not (method == "HEAD" and content), path


def styles_of(server):
    page = server.request("GET", "/items/", Accept="text/html")[2].decode()
    return re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', page)[1]


def test_a_file_is_compressed_only_for_those_who_take_it(server):
    styles = styles_of(server)

    taken = server.request("GET", styles, **{"Accept-Encoding": "gzip"})[1]
    refused = server.request("GET", styles, **{"Accept-Encoding": "gzip;q=0, br;q=0.0"})[1]

    assert taken["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in refused


def test_a_too_large_body_is_refused_while_it_is_sent(server):
    length = 6_000_000
    head = "POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + b"x" * 1000)
        refused = read_answer(connection)
        connection.sendall(b"x" * (length - 1000) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        after = read_answer(connection)

    assert (refused[0], json.loads(refused[1])["status"]) == (413, 413)
    assert after == (200, b'{"status": "ok"}')


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_too_large_body_is_refused_after_it_was_sent(server, version, connection):
    body = b"x" * 6_000_000
    head = f"POST /items/ HTTP/{version}\r\nHost: localhost\r\nConnection: {connection}\r\n"
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

        assert read_answer(client)[0] == 413


def test_a_sender_of_far_too_much_is_cut_off(server):
    head = "POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n"
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(head.encode())
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            client.sendall(bytes(100_000_000))


def read_answer(connection):
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()
