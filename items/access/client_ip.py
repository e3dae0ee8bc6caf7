"""The IP address of the client, with or without proxies in between."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
# As proxies write addresses (RFC 7239, section 6): 192.0.2.1:80, "[2001:db8::1]:443".
NODE = re.compile(r'"?(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[\d.]+))(?::[\w.-]+)?"?')
UNREADABLE_MAX = 100  # characters
IPV6_CUSTOMER_BITS = 64  # a customer can change its address within them at any time


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address; for IPv6, the network of one customer.

    Anyone can send X-Forwarded-For. Each proxy appends the address of its client, so the list is
    read from the end, as long as the address belongs to a trusted proxy.
    """
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = [text for text in map(str.strip, header.split(",")) if text]  # RFC 9110, 5.6.1.2
    if "*" in settings.FORWARDED_ALLOW_IPS:
        del forwarded[:-1]  # trust the direct client only, not the addresses before it
    client = _parsed(request.META["REMOTE_ADDR"])
    while client and forwarded and _is_proxy(client):
        text = forwarded.pop()
        before = _parsed(text)
        if before is None:
            if text.lower() == "unknown":
                break
            return f"unreadable {text[:UNREADABLE_MAX]}"  # not the proxy's: that is everybody's
        client = before
    if client and client.version == 6:
        return str(ip_network((client, IPV6_CUSTOMER_BITS), strict=False))
    return str(client)


def _parsed(text: str) -> Address | None:
    """Parse an IP address; IPv4-mapped IPv6 addresses become IPv4. Return None if it is invalid."""
    node = NODE.fullmatch(text.strip())
    try:
        address = ip_address((node["v6"] or node["v4"]) if node else text.strip().strip('"'))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted_proxy(text: str) -> bool:
    """Tell whether a connecting address is one of FORWARDED_ALLOW_IPS."""
    address = _parsed(text)
    return address is not None and _is_proxy(address)


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
