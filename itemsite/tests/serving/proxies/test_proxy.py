"""The site behind the shipped proxy.conf, with a real nginx and a real gunicorn."""

import html
import os
import re
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest

from items.search.sorting import ORDERS
from itemsite.tests.middleware.test_proxy_scheme import SECURE
from itemsite.tests.serving.proxies.nginx import NGINX, Nginx

# CI has nginx, and must fail when it has not.
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (NGINX or os.environ.get("CI")), reason="nginx is not installed"),
]
TLS = {"X-Forwarded-Proto": "https"}  # sent by a proxy in front of nginx
SITE = "https://items.example.org"
LONG = "\U0001f600" * 200  # 200 characters of 4 bytes: the longest search
HEADERS_MAX = 4000  # bytes; many a proxy has 4,096
PAGES = ("/docs/", "/items/", "/items/?q=book&sort=name")


@pytest.fixture(scope="module")
def server(clone):
    open_to_all = {"VISITORS_MAY": "view,add,change,delete"}
    server = clone.serve(HTTPS="1", SITE_URL=SITE, **open_to_all).wait_for_address()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def proxy(server, tmp_path_factory):
    proxy = Nginx(tmp_path_factory.mktemp("nginx"), server)
    yield proxy
    proxy.stop()


@pytest.mark.parametrize("value", SECURE)
def test_a_browser_on_https_is_not_sent_in_circles(proxy, server, value):
    for asked in (proxy, server):
        assert asked.request("GET", "/items/", **{"X-Forwarded-Proto": value})[0] == 200


@pytest.mark.parametrize("value", ["http", "http, https", "", "httpsx"])
def test_a_browser_on_http_is_led_to_https(proxy, value):
    status, headers, _ = proxy.request("GET", "/items/", **{"X-Forwarded-Proto": value})

    assert (status, headers["Location"]) == (301, f"{SITE}/items/")


def test_addresses_are_those_of_the_site_and_not_of_the_host_header(proxy):
    proxy.request("POST", "/items/", [{"name": "Book"}, {"name": "Pen"}], **TLS)

    _, headers, _ = proxy.request("GET", "/items/?limit=1", **TLS)
    document = proxy.request("GET", "/openapi.json", **TLS)[2]
    pages = [proxy.request("GET", path, Accept="text/html", **TLS)[2] for path in PAGES]

    assert headers["Link"].startswith("</items/?limit=1&after=")
    assert document["servers"] == [{"url": SITE}]
    for page in pages:
        addresses = re.findall(r"https?://[\w.:-]+", html.unescape(page.decode()))
        assert set(addresses) == {SITE}


def test_a_form_of_the_site_is_accepted(proxy):
    token = "t" * 32
    form = urlencode({"name": "Book", "csrfmiddlewaretoken": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": SITE}
    cookie = {"Cookie": f"__Host-itemsite_csrf={token}"}

    status, answered, _ = proxy.request("POST", "/items/new/", form, **headers, **cookie, **TLS)

    assert (status, answered["Location"][:7]) == (302, "/items/")


@pytest.mark.parametrize("sort", ORDERS)
def test_the_longest_search_passes(proxy, server, sort):
    proxy.request("POST", "/items/", [{"name": LONG}] * 5, **TLS)
    asked = TLS | {"Prefer": "count=exact"}
    first = proxy.request("GET", f"/items/?q={quote(LONG)}&sort={sort}&limit=1", **asked)
    path = re.match("<(/[^>]+)>", first[1]["Link"])[1]

    for door in (server, proxy):
        status, headers, _ = door.request("GET", path, **asked)

        assert status == 200
        assert 'rel="next"' in headers["Link"]
        assert sum(len(f"{name}: {value}\r\n") for name, value in headers.items()) < HEADERS_MAX


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_below_a_path_it_says_that_it_does_not_work_there(proxy, accept):
    status, _, content = proxy.request("GET", "/list/items/", Accept=accept, **TLS)

    assert status == 404
    assert "itemsite needs a host name of its own" in str(content)


@pytest.mark.parametrize("name", ["Script-Name", "SCRIPT_NAME", "X-Forwarded-Prefix"])
def test_no_header_puts_the_site_below_a_path(proxy, name):
    status, headers, items = proxy.request("GET", "/items/?limit=1", **{name: "/list"}, **TLS)

    assert status == 200
    assert "/list" not in headers.get("Link", "")
    assert isinstance(items, list)


def test_a_too_large_body_is_refused(proxy):
    body = {"name": "x", "description": "d" * 6_000_000}

    assert proxy.request("POST", "/items/", body, **TLS)[0] == 413


def test_a_large_spreadsheet_passes_and_its_progress_is_shown_at_once(proxy):
    token, rows = "t" * 32, "".join(f"Box {n},{'counted ' * 5}\n" for n in range(80_000))
    parts = {"csrfmiddlewaretoken": token, 'file"; filename="list.csv': f"name,text\n{rows}"}
    form = "".join(
        f'--end\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    headers = {"Content-Type": "multipart/form-data; boundary=end", "Origin": SITE, **TLS}
    headers |= {"Cookie": f"__Host-itemsite_csrf={token}", "Accept": "text/html"}

    with closing(proxy.connection()) as browser:
        browser.request("POST", "/items/import/", f"{form}--end--\r\n", headers)
        answer = browser.getresponse()
        first, rest = answer.read1(), answer.read()

    assert (answer.status, len(form) > 3_000_000) == (200, True)
    assert b"Keep this page open" in first
    assert b"data-next" not in first
    assert b"data-next" in rest


@pytest.mark.parametrize("path", ["/items/", "/docs/", "/nothing/", "/items/?q=" + "x" * 300])
def test_no_answer_to_head_has_a_body(proxy, path):
    """On one connection: a stray byte would be taken for the next answer."""
    with closing(proxy.connection()) as kept:
        for method, has_body in [("HEAD", False), ("GET", True), ("HEAD", False)]:
            kept.request(method, path, headers=TLS)
            assert bool(kept.getresponse().read()) == has_body


def test_pages_and_json_are_compressed_but_not_progress(proxy):
    proxy.request("POST", "/items/", [{"name": f"Lamp {n}"} for n in range(60)], **TLS)
    wanted = {"Accept-Encoding": "gzip", **TLS}

    def encoding(path, accept):
        return proxy.request("GET", path, Accept=accept, **wanted)[1]["Content-Encoding"]

    assert encoding("/items/", "text/html") == "gzip"
    assert encoding("/items/import/", "text/html") is None
    connection = proxy.connection()
    with closing(connection):
        connection.request("GET", "/items/", headers={"Accept": "application/json", **wanted})
        assert connection.getresponse().headers["Content-Encoding"] == "gzip"
