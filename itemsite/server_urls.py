"""URLs of other servers, for settings.py: PostgreSQL's and the one that sends mails."""

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from itemsite.variables import env

MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
URL = re.compile(r"([^/]*//)?([^/]*@)?([^/?#]*)(.*)", re.DOTALL)  # scheme, login, hosts, the rest
ONE_OF_HOSTS = re.compile(r"(\[[\da-fA-F:.]+\]|[^:\[\]]+)(?::(\d{1,5}))?")  # its name, its port


def database(name: str) -> dict[str, Any]:
    """Return the database of a URL as Django takes it; empty if the variable is not set."""
    url = env.str(name, default="")
    if not url:
        return {}
    url, several = _without_several_hosts(name, url)
    try:
        found: Any = dj_database_url.parse(url) | several
        if not found["NAME"]:
            raise ValueError("no name of a database")
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{name} is not valid. Write postgresql://USER:PASSWORD@HOST:5432/NAME"
            " with special characters in the password as %XX."
        ) from error
    if set(found["NAME"]) & set("/@"):  # the rest of a password with an unquoted one of these
        raise ImproperlyConfigured(
            f"{name}: write special characters in the password as %XX: @ is %40, / is %2F."
        )
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"{name}: itemsite needs PostgreSQL. Write postgresql://USER:PASSWORD@HOST/NAME"
        )
    return found


def _without_several_hosts(name: str, url: str) -> tuple[str, dict[str, str]]:
    """Take several hosts, as libpq writes them, out of a URL; return them as Django takes them.

    postgresql://USER@ONE:5432,TWO:5433/NAME: libpq tries one after the other.
    """
    scheme, login, hosts, rest = URL.fullmatch(url).groups("")  # type: ignore[union-attr]
    if "," not in hosts:
        return url, {}
    found = [ONE_OF_HOSTS.fullmatch(host) for host in hosts.split(",")]
    if not all(found):
        raise ImproperlyConfigured(
            f"{name}: write several hosts as postgresql://USER:PASSWORD@ONE:5432,TWO:5432/NAME,"
            " with special characters in the password as %XX: a comma is %2C."
        )
    names, ports = zip(*(host.groups("") for host in found if host), strict=True)
    hosts = ",".join(unquote(host.strip("[]")) for host in names)
    several = {"HOST": hosts, "PORT": ",".join(ports)}
    return f"{scheme}{login}{rest}", several


class MailServer(NamedTuple):
    """Where mails are sent, and from which address; no host: nowhere."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False
    sender: str = ""


def mail_server(name: str, *, site_url: str) -> MailServer:
    """Return the server of a URL; its mails have links to the site's own URL."""
    url = env.str(name, default="")
    if not url:
        return MailServer()
    try:
        parts = urlsplit(url)
        port = parts.port or MAIL_PORTS[parts.scheme]
        sent_from = dict(parse_qsl(parts.query)).get("from", "")
        if not parts.hostname or parts.path.strip("/") or set(parse_qs(parts.query)) - {"from"}:
            raise ValueError("no host, or something that is not known")
        validate_email(sent_from)
    except (ValueError, KeyError, ValidationError) as error:
        raise ImproperlyConfigured(
            f"{name} is not valid. Write smtp+tls://USER:PASSWORD@HOST:587/?from=list@example.org"
            " with special characters in the password as %XX. smtps:// has TLS from the start,"
            " smtp:// has none. The mails come from the address after from=."
        ) from error
    if not site_url:
        raise ImproperlyConfigured(
            f"{name}: without SITE_URL, strangers could choose the address of the links in mails."
            " Set SITE_URL too."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    starts_tls, is_tls = parts.scheme == "smtp+tls", parts.scheme == "smtps"
    return MailServer(parts.hostname, port, user, password, starts_tls, is_tls, sent_from)
