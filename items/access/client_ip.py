"""Who asks: the address that counts, behind proxies or not."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
IPV6_CUSTOMER_BITS = 64  # within them everybody may take another address at any time


def client_address(request: HttpRequest) -> str:
    """Return the client's address; of IPv6 the network that one customer has.

    Anyone can send X-Forwarded-For. Each proxy appends the address that asked
    it, so it is read from its end, for as long as that is a proxy's of ours.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if "*" in settings.FORWARDED_ALLOW_IPS:
        del forwarded[
            :-1
        ]  # whoever asks counts as a proxy: believe it alone, and not whom it names
    client = _parsed(request.META["REMOTE_ADDR"])
    while client and forwarded and _is_proxy(client):
        before = _parsed(forwarded.pop())
        if before is None:
            break
        client = before
    if client and client.version == 6:
        return str(ip_network((client, IPV6_CUSTOMER_BITS), strict=False))
    return str(client)


def _parsed(text: str) -> Address | None:
    """Return the address, of an IPv4 one in IPv6's clothes the IPv4 one, or None."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
