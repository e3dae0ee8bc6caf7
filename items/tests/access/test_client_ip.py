"""The address that counts: nobody may choose one, and nobody shares one with a whole proxy."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from items.access.client_ip import client_address

PROXIES = ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param("192.0.2.1", None, "192.0.2.1", id="no proxy"),
        pytest.param("192.0.2.1", "203.0.113.9", "192.0.2.1", id="forged without a proxy"),
        pytest.param("127.0.0.1", None, "127.0.0.1", id="this machine"),
        pytest.param("127.0.0.1", "192.0.2.1", "192.0.2.1", id="one proxy"),
        pytest.param("127.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1", id="forged before it"),
        pytest.param("127.0.0.1", "203.0.113.9,192.0.2.1, 10.1.1.1", "192.0.2.1", id="two proxies"),
        pytest.param("127.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2", id="proxies alone"),
        pytest.param("127.0.0.1", "unknown", "127.0.0.1", id="no address"),
        pytest.param("127.0.0.1", "192.0.2.1, \0", "unreadable \0", id="no address at its end"),
        pytest.param("127.0.0.1", "192.0.2.1:50001", "192.0.2.1", id="a port"),
        pytest.param("127.0.0.1", '"192.0.2.1:50001"', "192.0.2.1", id="quotes"),
        pytest.param("127.0.0.1", "192.0.2.1:_port", "192.0.2.1", id="a hidden port"),
        pytest.param("127.0.0.1", "[2001:db8::1:2]", "2001:db8::/64", id="brackets"),
        pytest.param("127.0.0.1", "[2001:db8::1:2]:443", "2001:db8::/64", id="brackets and port"),
        pytest.param("127.0.0.1", '"[2001:db8::1:2]:443"', "2001:db8::/64", id="all of them"),
        pytest.param("127.0.0.1", '"2001:db8::1:2"', "2001:db8::/64", id="quoted IPv6"),
        pytest.param("127.0.0.1", "192.0.2.1:443, 10.1.1.1:80", "192.0.2.1", id="proxy with port"),
        pytest.param("127.0.0.1", "_hidden1", "unreadable _hidden1", id="a hidden name"),
        pytest.param("127.0.0.1", "[::1", "unreadable [::1", id="half a bracket"),
        pytest.param("127.0.0.1", "192.0.2.999", "unreadable 192.0.2.999", id="too large"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="empty"),
        pytest.param("127.0.0.1", "192.0.2.1, ,", "192.0.2.1", id="empty at its end"),
        pytest.param("127.0.0.1", "192.0.2.1,,10.1.1.1", "192.0.2.1", id="empty within"),
        pytest.param("::ffff:192.0.2.1", None, "192.0.2.1", id="IPv4 in IPv6"),
        pytest.param("2001:db8::1:2", None, "2001:db8::/64", id="a customer's IPv6"),
        pytest.param("fd00::1", "2001:db8:0:1::9", "2001:db8:0:1::/64", id="IPv6 proxy"),
    ],
)
def test_the_last_address_that_no_proxy_has(settings, peer, forwarded, address):
    settings.TRUSTED_PROXIES = [ip_network(proxy) for proxy in PROXIES]
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=peer)

    assert client_address(request) == address


def test_where_any_proxy_is_trusted_it_alone_is_believed(settings):
    settings.FORWARDED_ALLOW_IPS = ["*"]
    settings.TRUSTED_PROXIES = [ip_network("0.0.0.0/0")]
    headers = {"X-Forwarded-For": "203.0.113.9, 192.0.2.1"}

    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR="198.51.100.1")

    assert client_address(request) == "192.0.2.1"
