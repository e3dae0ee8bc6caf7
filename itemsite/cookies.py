"""Names of cookies."""

from itemsite.variables import listening_port


def cookie_name(kind: str, https: bool) -> str:
    """Return a name that no other site uses.

    Browsers accept __Host- only for secure cookies of exactly this host, so that no other subdomain
    can set them. They send cookies to every port of a host, so over plain HTTP, as on a laptop, the
    port is in the name.
    """
    return f"__Host-itemsite_{kind}" if https else f"itemsite_{kind}_{listening_port()}"
