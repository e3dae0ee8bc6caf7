"""What strangers send to get in or to break something, by kind, as gunicorn takes it.

Bad fields, bad JSON and bad keys are tried without a server, in items/tests.
"""

import gzip
import re
import socket

import psycopg
import pytest

from itemsite.tests.hostile.collected import CASES, faults
from itemsite.tests.hostile.site import Site

ACCOUNTS = """
from django.contrib.auth.models import Group, User
User.objects.create_superuser("boss", password="boss-password")
User.objects.create_user("viewer", password="viewer-password").groups.add(
    Group.objects.get(name="Readers")
)
"""


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve(VISITORS_MAY="").wait_for_address()
    clone.manage("shell", "-c", ACCOUNTS).check_returncode()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def key(clone, server):
    """Return a function that makes keys."""

    def make(name, *options):
        return clone.manage("create_api_key", name, "--user", "boss", *options).stdout.strip()

    return make


@pytest.fixture(scope="module")
def collected_site(clone, server, key):
    keys = {"rw": key("rw"), "ro": key("ro", "--read-only")}
    people = {"boss": "boss-password", "viewer": "viewer-password"}
    options = {"host": str(clone.socket_folder), "dbname": "itemsite", "user": "itemsite"}
    with psycopg.connect(**options, autocommit=True) as database:
        yield Site(f"127.0.0.1:{server.port}", database, keys, people)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_collected_cases(collected_site, case):
    assert not list(faults(collected_site, case)), case["note"]


def test_a_wrong_answer_to_a_case_is_noticed(collected_site):
    wrong = CASES[0] | {"expect_status": [201], "expect_rows_delta": 1}

    assert list(faults(collected_site, wrong)) == ["status 422", "+0 items, not +1"]


JSON = "Content-Type: application/json\r\n"
ITEM = b'{"name": "hostile"}'
LENGTH = f"Content-Length: {len(ITEM)}\r\n"
GZIP = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
CHUNKED = b"13\r\n" + ITEM + b"\r\n0\r\n\r\n"


def raw(line, headers="", body=b"", *, host="Host: localhost\r\n"):
    return f"{line} HTTP/1.1\r\n{host}Authorization: KEY\r\n{headers}\r\n".encode("latin-1") + body


def get(target, headers="", **options):
    return raw(f"GET {target}", headers, **options)


def post(headers, body=ITEM):
    return raw("POST /items/", headers, body)


def typed(content_type, body=ITEM):
    return post(f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n", body)


SMUGGLING = {
    "length and chunked": (400, post(JSON + LENGTH + "Transfer-Encoding: chunked\r\n", CHUNKED)),
    "unknown coding": (501, post(JSON + "Transfer-Encoding: xchunked\r\n", CHUNKED)),
    "chunked twice": (400, post(JSON + "Transfer-Encoding: chunked, chunked\r\n", CHUNKED)),
    "coding behind a tab": (411, post(JSON + "Transfer-Encoding:\tchunked\r\n", CHUNKED)),
    "two lengths": (400, post(JSON + LENGTH + "Content-Length: 3\r\n")),
    "length with a sign": (400, post(JSON + "Content-Length: +19\r\n")),
    "length below zero": (400, post(JSON + "Content-Length: -1\r\n")),
    "length in hex": (400, post(JSON + "Content-Length: 0x13\r\n")),
    "length in other digits": (400, post(JSON + "Content-Length: \xb2\xb2\r\n")),
    "length beyond a bigint": (413, post(JSON + f"Content-Length: {'9' * 30}\r\n")),
    "no length": (400, post(JSON)),
    "space before a colon": (400, post(JSON + f"Content-Length : {len(ITEM)}\r\n")),
    "folded header": (400, post(JSON + "X-A: b\r\n c\r\n" + LENGTH)),
    "bare line feed": (400, post(JSON + "X-A: b\nX-B: c\r\n" + LENGTH)),
    "NUL in a header": (400, post(JSON + "X-A: \0\r\n" + LENGTH)),
    "no colon": (400, post(JSON + "nonsense\r\n" + LENGTH)),
    "two content types": (400, post(JSON + "Content-Type: text/plain\r\n" + LENGTH)),
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    "HTTP/2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
}
HOSTS = {
    "none": (400, get("/items/", host="")),
    "none for a file": (400, get("/static/site.css", host="")),
    "empty": (400, get("/docs/", host="Host:\r\n")),
    "two": (400, get("/items/", "Host: evil.example\r\n")),
    "foreign": (400, get("/items/", host="Host: evil.example\r\n")),
    "after an @": (400, get("/items/", host="Host: localhost@evil.example\r\n")),
    "with a path": (400, get("/items/", host="Host: localhost/evil\r\n")),
    "ending alike": (400, get("/items/", host="Host: evil.localhost\r\n")),
    "look-alike": (400, get("/items/", host="Host: l\xf6calhost\r\n")),
    "in the target": (200, get("http://evil.example/openapi.json")),
    "forwarded": (200, get("/openapi.json", "X-Forwarded-Host: evil.example\r\n")),
}
HEADERS = {
    "another method": (
        415,
        raw("POST /items/", "X-HTTP-Method-Override: DELETE\r\n" + LENGTH, ITEM),
    ),
    "script name": (200, get("/openapi.json", "SCRIPT_NAME: /evil\r\n")),
    "path info": (200, get("/openapi.json", "PATH_INFO: /evil/\r\n")),
    "another address": (404, get("/items/0/", "X-Original-URL: /items/\r\n")),
    "long": (431, get("/items/", f"X-A: {'a' * 20_000}\r\n")),
    "many": (431, get("/items/", "X-A: b\r\n" * 200)),
    "odd Accept": (406, get("/items/", "Accept: ;;;q=x,\xff/*\r\n")),
    "odd Range": (200, get("/items/", "Range: bytes=0-0,1-1,-1\r\n")),
    "odd conditions": (200, get("/items/", 'If-None-Match: "\xff\r\nIf-Modified-Since: x\r\n')),
}
ADDRESSES = {
    "long": (414, get("/items/?" + "a" * 9000)),
    "dots": (404, get("/items/../admin/")),
    "coded dots": (404, get("/static/%2e%2e/%2e%2e/etc/passwd")),
    "backslashes": (404, get("/static/..\\..\\settings.py")),
    "line end": (404, get("/items/%0d%0aSet-Cookie:%20x=1/")),
    "NUL": (404, get("/static/%00")),
    "no UTF-8": (404, get("/items/%ff%fe/")),
    "query of no UTF-8": (200, get("/items/?q=%ff%fe")),
    "query of half a character": (200, get("/items/?q=%ed%a0%80")),
    "many parameters": (400, get("/items/?" + "a&" * 1400)),
    "git": (404, get("/.git/config")),
    "environment": (404, get("/.env")),
    "source": (404, get("/static/../manage.py")),
    "folder": (404, get("/static/")),
}
METHODS = {
    "unknown": (405, raw("FOO /items/")),
    "in small letters": (400, raw("get /items/")),
    "TRACE": (405, raw("TRACE /items/")),
    "CONNECT": (404, raw("CONNECT evil.example:443")),
}
BODIES = {
    "gzip that is not": (400, raw("POST /items/", GZIP + LENGTH, ITEM)),
    "unknown encoding": (415, raw("POST /items/", GZIP.replace("gzip", "br") + LENGTH, ITEM)),
    "compressed in secret": (400, typed("application/json", gzip.compress(ITEM))),
    "UTF-7": (415, typed("application/json; charset=utf-7")),
    "unknown charset": (415, typed("application/json; charset=\xff")),
    "text": (415, typed("text/plain")),
    "form": (415, typed("application/x-www-form-urlencoded")),
    "form without boundary": (415, typed("multipart/form-data")),
    "byte order mark": (400, typed("application/json", b"\xef\xbb\xbf" + ITEM)),
    "two documents": (400, typed("application/json", ITEM + b"\n" + ITEM)),
    "deep array": (400, typed("application/json", b"[" * 100_000)),
    "many equal keys": (400, typed("application/json", b"{" + b'"a":1,' * 60_000 + b'"a":1}')),
    "huge exponent": (422, typed("application/json", b'{"name": 1e999999}')),
    "prototype": (422, typed("application/json", b'{"name": "x", "__proto__": {}}')),
}
KINDS = {
    "smuggling": SMUGGLING,
    "host": HOSTS,
    "header": HEADERS,
    "address": ADDRESSES,
    "method": METHODS,
    "body": BODIES,
}


def send(server, data):
    """Send bytes, end our side, and return all that is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read()


@pytest.fixture(scope="module")
def key_of_all(key):
    return key("hostile").encode()


@pytest.mark.parametrize(
    ("status", "request_bytes"),
    [
        pytest.param(*case, id=f"{kind}: {name}")
        for kind, cases in KINDS.items()
        for name, case in cases.items()
    ],
)
def test_is_answered_and_changes_nothing(server, key_of_all, status, request_bytes):
    bearer = {"Authorization": f"Bearer {key_of_all.decode()}"}
    before = server.request("GET", "/items/", **bearer)[2]

    answer = send(server, request_bytes.replace(b"KEY", b"Bearer " + key_of_all, 1))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"Set-Cookie" not in head
    assert b"evil" not in answer
    assert b"Traceback" not in body
    if status >= 400 and not request_bytes.startswith(b"HEAD "):
        assert b"application/problem+json" in head
        assert b"content-security-policy" in head.lower()
    assert server.request("GET", "/items/", **bearer)[2] == before


def test_the_log_holds_what_was_sent_in_one_line_each(server):
    for path in ("/%0a2026-01-01 WARNING forged/", "/items/?q=%0aforged", "/%1b[2Jforged/"):
        send(server, get(path.replace(" ", "%20")))

    lines = server.output[server.output.index("itemsite: http") :].splitlines()[1:]
    assert [line for line in lines if "forged" in line]
    assert not [line for line in lines if not re.match(r"\[?\d{4}-\d\d-\d\d ", line)]
    assert "\x1b" not in server.output
