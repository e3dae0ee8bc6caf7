"""What HTTP forbids, before Django sees it."""

import json
from io import BytesIO

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from items.models import Item
from itemsite.middleware.strict_http import require_strict_http
from itemsite.wsgi import application

pytestmark = pytest.mark.django_db
ODD_CHARSETS = ["hex", "rot13", "undefined", "raw_unicode_escape", "latin-1", '"', "utf-16"]


@pytest.fixture(autouse=True)
def connection_of_the_test():
    """Keep the test's connection to the database, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def send(method, path, content_type="", body=b"", **headers):
    made = RequestFactory(headers=headers | {"Host": "localhost"})
    environ = made.generic(method, path, body, content_type)
    environ = environ.environ | {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(body)}
    started = []
    answer = application(environ, lambda status, headers: started.append((status, dict(headers))))
    content = b"".join(answer)
    answer.close()
    ((status, headers),) = started
    return int(status.split()[0]), headers, content


@pytest.mark.parametrize("charset", ODD_CHARSETS)
@pytest.mark.parametrize("path", ["/items/?q=%5Cud800", "/healthz?x=1", "/accounts/login/?next=/"])
def test_the_charset_of_a_body_says_nothing_about_the_address(path, charset):
    status, headers, _ = send("GET", path, f"text/plain; charset={charset}")

    assert status == 200
    assert "X-Request-Id" in headers


@pytest.mark.parametrize("charset", ODD_CHARSETS)
def test_json_in_another_charset_is_refused(charset):
    body = b'{"name": "Book"}'

    status, _, content = send("POST", "/items/", f"application/json; charset={charset}", body)

    assert status == 415
    assert json.loads(content)["detail"].startswith("Send JSON in UTF-8")


@pytest.mark.parametrize("charset", ODD_CHARSETS)
@pytest.mark.parametrize("path", ["/theme/", "/language/", "/accounts/login/", "/items/new/"])
def test_a_form_in_another_charset_is_no_form(path, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nBook\r\n--x--\r\n'

    status, headers, _ = send("POST", path, kind, body)

    assert 300 <= status < 500
    assert "X-Request-Id" in headers


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
        ("gzip;q=0", ""),
        ("GZIP;Q=0.000", ""),
        ("br;q=0, gzip", " gzip"),
        ("gzip; q=0 , br;q=1.0, *;q=0", " br;q=1.0,"),
        ("gzip;q=0.5", "gzip;q=0.5"),
        ("gzip;q=0.001", "gzip;q=0.001"),
    ],
)
def test_an_encoding_of_weight_zero_is_not_accepted(sent, read):
    environ = RequestFactory(headers={"Accept-Encoding": sent}).get("/").environ
    seen = []

    require_strict_http(lambda environ, _: seen.append(environ))(environ, None)

    assert seen[0]["HTTP_ACCEPT_ENCODING"] == read


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", True), ("gzip;q=0", False)])
def test_a_list_is_compressed_only_for_those_who_take_it(encoding, packed):
    Item.objects.bulk_create(Item(name="x" * 100) for _ in range(100))

    headers = send("GET", "/items/", **{"Accept-Encoding": encoding})[1]

    assert ("Content-Encoding" in headers) == packed
