"""The site behind the shipped proxy.conf, with a real nginx and a real gunicorn."""

import os

import pytest

from itemsite.tests.middleware.test_proxy_scheme import SECURE
from itemsite.tests.serving.nginx import NGINX, Nginx

# CI has nginx, and must fail when it has not.
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (NGINX or os.environ.get("CI")), reason="nginx is not installed"),
]
TLS = {"X-Forwarded-Proto": "https"}  # sent by a proxy in front of nginx


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve(HTTPS="1").wait_for_address()
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

    assert (status, headers["Location"]) == (301, f"https://127.0.0.1:{proxy.port}/items/")
