"""Whether the browser came over HTTPS: as trusted proxies write it, and nobody else."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from itemsite.middleware.proxy_scheme import read_proxy_scheme


def scheme_of(headers, peer="127.0.0.1"):
    schemes = []
    environ = RequestFactory(headers=headers).get("/", REMOTE_ADDR=peer).environ
    read_proxy_scheme(lambda environ, _: schemes.append(environ["wsgi.url_scheme"]))(environ, None)
    return schemes[0]


SECURE = ["https", "HTTPS", '"https"', " https ", "https, http", '"https",http', ", https"]


@pytest.mark.parametrize("value", SECURE)
def test_https_is_read_in_every_spelling(value):
    assert scheme_of({"X-Forwarded-Proto": value}) == "https"


@pytest.mark.parametrize("value", ["http", "http, https", "", ",", "httpsx", "https://", "\xff"])
def test_all_else_is_plain_http(value):
    assert scheme_of({"X-Forwarded-Proto": value}) == "http"


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ({"X-Forwarded-Ssl": "on"}, "https"),
        ({"X-Forwarded-Ssl": "off"}, "http"),
        ({"X-Forwarded-Protocol": "ssl"}, "https"),
        ({"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"}, "http"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"}, "https"),
        ({"Forwarded": "proto=https"}, "http"),
    ],
)
def test_the_usual_header_counts_most(headers, scheme):
    assert scheme_of(headers) == scheme


@pytest.mark.parametrize(
    ("peer", "scheme"),
    [("192.0.2.1", "http"), ("10.1.2.3", "https"), ("::ffff:10.1.2.3", "https"), ("", "http")],
)
def test_only_a_trusted_proxy_is_believed(settings, peer, scheme):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    assert scheme_of({"X-Forwarded-Proto": "https"}, peer) == scheme
