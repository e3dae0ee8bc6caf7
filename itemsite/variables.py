"""Environment variables, for settings.py; .env.example lists them.

A missing or wrong value raises an error that names the variable and says what to write.
"""

import ipaddress
import logging
import os
import re
import zoneinfo

from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

KEY_MIN_LENGTH = 50  # characters
TOKEN_MIN_LENGTH = 20  # characters
SITE_NAME_MAX = 30  # characters: the header of a phone has room for so many
HOST = r"(?a:[\w-]+(?:\.[\w-]+)*|\[[\da-fA-F:.]+\])"

env = FileAwareEnv(strip_whitespace=True)  # SECRET_KEY_FILE is a file with the SECRET_KEY


def words(name: str, default: str) -> list[str]:
    """Return the comma-separated words of a variable."""
    return [word.strip() for word in env.str(name, default=default).split(",") if word.strip()]


def choices(name: str, default: str, allowed: tuple[str, ...]) -> list[str]:
    chosen = words(name, default)
    for word in chosen:
        if word not in allowed:
            raise ImproperlyConfigured(
                f"{name}: {word!r} is not an action. Choose from {', '.join(allowed)}."
            )
    return chosen


def number(name: str, default: int, minimum: int, advice: str) -> int:
    """Return a variable's number, which is not below the minimum."""
    try:
        value = env.int(name, default=default)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {env.str(name)!r} is not a whole number, such as {default}. {advice}"
        ) from error
    if value < minimum:
        raise ImproperlyConfigured(f"{name} is below {minimum}. {advice}")
    return value


def secret_key(name: str) -> str:
    key = env.str(name, default="")
    if len(key) < KEY_MIN_LENGTH:
        raise ImproperlyConfigured(
            (f"{name} is too short" if key else f"{name} is not set")
            + f": it must have at least {KEY_MIN_LENGTH} secret, random characters. Create it with"
            f' python3 -c "import secrets; print(secrets.token_urlsafe(50))" and set {name}'
            f" or {name}_FILE, as in .env.example. On a laptop bin/serve does this for you."
        )
    return key


def earlier_keys(name: str) -> list[str]:
    keys = words(name, "")
    if any(len(key) < KEY_MIN_LENGTH for key in keys):
        raise ImproperlyConfigured(
            f"{name}: a key is shorter than {KEY_MIN_LENGTH} characters. Write complete earlier"
            " values of SECRET_KEY, separated by commas."
        )
    return keys


def hosts(name: str, default: str) -> list[str]:
    names = words(name, default)
    if not names:
        raise ImproperlyConfigured(
            f"{name} is empty, so nobody can open the site. Write its host name."
        )
    for host in names:
        if not re.fullmatch(rf"\*|\.?{HOST}", host):
            raise ImproperlyConfigured(
                f"{name}: {host} is not a host name. Write it without https://, port and path,"
                " and with other letters than a to z as in DNS (xn--...)."
            )
    return names


def origins(name: str) -> list[str]:
    sent = [_as_sent(origin) for origin in words(name, "")]
    for origin in sent:
        if not re.fullmatch(rf"https?://(?:\*\.)?{HOST}(?::\d+)?", origin):
            raise ImproperlyConfigured(
                f"{name}: {origin} is not an origin. Write, for example, https://items.example.org"
            )
    return sent


def site_url(name: str, https: bool) -> str:
    url = _as_sent(env.str(name, default=""))
    if url and not re.fullmatch(rf"https?://{HOST}(?::\d+)?", url):
        raise ImproperlyConfigured(
            f"{name}: {url} is not the address of a site. Write, for example,"
            " https://items.example.org, without a path: itemsite needs a host name of its own."
        )
    if url and https and not url.startswith("https:"):
        raise ImproperlyConfigured(f"{name}: {url} is plain HTTP. Write https://, or set HTTPS=0.")
    return url


def _as_sent(origin: str) -> str:
    """Return an origin as browsers send it: in small letters, without the scheme's own port."""
    origin = origin.rstrip("/").lower()
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def networks(name: str, texts: list[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the texts of a variable as networks; * stands for all."""
    try:
        return [
            ipaddress.ip_network(network, strict=False)
            for word in texts
            for network in (("0.0.0.0/0", "::/0") if word == "*" else (word,))
        ]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. Write IPs or networks such as 10.0.0.0/8, or *."
        ) from error


def site_name(name: str) -> str:
    """Return what people call the site; it is in titles, in the header and in mails."""
    text = env.str(name, default="").strip() or "itemsite"
    if len(text) > SITE_NAME_MAX or not text.isprintable():
        raise ImproperlyConfigured(
            f"{name}: {text[:SITE_NAME_MAX]!r} is too long, or has invisible characters. Write"
            f" a name of at most {SITE_NAME_MAX} characters on one line."
        )
    return text


def token(name: str) -> str:
    """Return a secret for programs, which can be missing."""
    secret = env.str(name, default="")
    if secret and (len(secret) < TOKEN_MIN_LENGTH or not secret.isascii() or " " in secret):
        raise ImproperlyConfigured(
            f"{name} is not {TOKEN_MIN_LENGTH} or more letters and digits. Create it with"
            ' python3 -c "import secrets; print(secrets.token_urlsafe(30))".'
        )
    return secret


def time_zone(name: str) -> str:
    zone = env.str(name, default="UTC")
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:  # OSError: a folder
        raise ImproperlyConfigured(
            f"{name}: {zone!r} is unknown. Write, for example, Europe/Berlin."
        ) from error
    return zone


def log_level(name: str) -> str:
    level = env.str(name, default="INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(
            f"{name}: {level} is not a level. Write DEBUG, INFO, WARNING, ERROR or CRITICAL."
        )
    return level


def listening_port() -> str:
    return os.environ.get("PORT") or "8000"
