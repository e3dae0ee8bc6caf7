"""Settings that each are valid, but not together, or not for a site that others can reach.

What is wrong by itself stops every command: variables.py has its sentence.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks.security.base import check_secret_key
from django.http.request import validate_host

from itemsite.operations.doctor.findings import Finding, fault, note, warning
from itemsite.serving.startup import LOOPBACK

NEW_KEY = """SECRET_KEY=$(python3 -c "import secrets; print(secrets.token_urlsafe(50))")"""
HAVE_OWN_CHECKS = {"security.W009", "security.W018", "security.W020"}
NAMES_OF_THIS_MACHINE = {*LOOPBACK, "[::1]"}


def debug() -> Iterator[Finding]:
    if settings.DEBUG:
        is_open = _is_served() or not NAMES_OF_THIS_MACHINE.issuperset(settings.ALLOWED_HOSTS)
        found = fault if is_open else warning
        text = "DEBUG is on: errors show settings and source code to everyone."
        yield found(text, "DEBUG=0")


def secret_key() -> Iterator[Finding]:
    if check_secret_key(None):  # for its length there is a sentence, so this is about the rest
        text = "SECRET_KEY is easy to guess: anybody who has it can sign in as any user."
        yield fault(text, NEW_KEY)


def hosts() -> Iterator[Finding]:
    names = settings.ALLOWED_HOSTS
    if "*" in names:
        text = "ALLOWED_HOSTS has *, so links can be made to lead to another site."
        yield warning(text, f"ALLOWED_HOSTS='{_example()}'")
    elif settings.HTTPS and set(names) <= NAMES_OF_THIS_MACHINE:
        text = (
            "ALLOWED_HOSTS has this machine alone: people who use another name of the site get 400."
        )
        found = warning if _is_served() else note
        yield found(text, f"ALLOWED_HOSTS='{_example()}'")


def _is_served() -> bool:
    """Tell whether somebody set the site up for others; HTTPS is on by default."""
    return bool(settings.SITE_URL or (settings.HTTPS and os.environ.get("HTTPS")))


def _example() -> str:
    return urlsplit(settings.SITE_URL).hostname or "items.example.org"


def site_url() -> Iterator[Finding]:
    if not settings.SITE_URL:
        return
    name = urlsplit(settings.SITE_URL).hostname or ""
    if not validate_host(name, settings.ALLOWED_HOSTS):
        text = f"ALLOWED_HOSTS lacks {name}, the host of SITE_URL: people who open it get 400."
        yield warning(text, f"ALLOWED_HOSTS='{','.join([*settings.ALLOWED_HOSTS, name])}'")
    if settings.SITE_URL.startswith("https:") and not settings.HTTPS:
        text = "SITE_URL is https, but HTTPS=0: cookies are sent over plain HTTP too."
        yield warning(text, "HTTPS=1")


def csrf_origins() -> Iterator[Finding]:
    plain = [url for url in settings.CSRF_TRUSTED_ORIGINS if url.startswith("http:")]
    if plain and settings.HTTPS:
        text = f"CSRF_TRUSTED_ORIGINS has {plain[0]}: anybody on the way can send its forms."
        rest = [url for url in settings.CSRF_TRUSTED_ORIGINS if url not in plain]
        yield warning(text, f"CSRF_TRUSTED_ORIGINS='{','.join(rest)}'")


def proxies() -> Iterator[Finding]:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        text = "HTTPS is on, but no proxy can say so: browsers are sent in circles."
        yield fault(text, "FORWARDED_ALLOW_IPS='127.0.0.1,::1'")
    if any(network.prefixlen == 0 for network in settings.TRUSTED_PROXIES):
        text = (
            "FORWARDED_ALLOW_IPS has all addresses: whoever connects can pretend to be another"
            " address, and limits do not hold."
        )
        yield warning(text, "FORWARDED_ALLOW_IPS='127.0.0.1,::1'")


def django_checks() -> Iterator[Finding]:
    """Report what Django itself finds, with its checks of a deployment if the site is one."""
    for message in checks.run_checks(include_deployment_checks=settings.HTTPS):
        if message.level < checks.WARNING or message.is_silenced():
            continue
        if message.id not in HAVE_OWN_CHECKS:
            found = fault if message.level >= checks.ERROR else warning
            yield found(f"{message.msg} ({message.id})", message.hint or "")


CHECKS = (debug, secret_key, hosts, site_url, csrf_origins, proxies, django_checks)
