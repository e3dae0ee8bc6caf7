"""Settings that do not fit."""

import pytest

from itemsite.operations.doctor import configuration
from itemsite.tests.operations.doctor.findings import assert_found, found

BREAK_SETTINGS = {
    "DEBUG": ({"DEBUG": True}, ("fault", "debug", "DEBUG=0")),
    "a weak key": ({"SECRET_KEY": "x" * 60}, ("fault", "secret_key", "easy to guess")),
    "no host": ({"ALLOWED_HOSTS": ["localhost"]}, ("warning", "hosts", "get 400")),
    "every host": ({"ALLOWED_HOSTS": ["*"]}, ("warning", "hosts", "'items.example.org'")),
    "SITE_URL is not allowed": (
        {"ALLOWED_HOSTS": ["web"]},
        ("warning", "site_url", "ALLOWED_HOSTS='web,items.example.org'"),
    ),
    "a plain origin": (
        {"CSRF_TRUSTED_ORIGINS": ["http://items.example.org"]},
        ("warning", "csrf_origins", "CSRF_TRUSTED_ORIGINS=''"),
    ),
    "no proxy": ({"TRUSTED_PROXIES": []}, ("fault", "proxies", "in circles")),
    "HTTPS is off": ({"HTTPS": False}, ("warning", "site_url", "HTTPS=1")),
    "what Django warns of": ({"SECURE_HSTS_SECONDS": 0}, ("warning", "django_checks", "W004")),
}


@pytest.mark.parametrize(("values", "expected"), BREAK_SETTINGS.values(), ids=BREAK_SETTINGS)
def test_settings_that_do_not_fit_are_found(values, expected, settings):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECRET_KEY = "abcdefghij" * 6
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://items.example.org", ["items.example.org"]
    before = found(configuration.CHECKS)
    for name, value in values.items():
        setattr(settings, name, value)

    assert before == []
    assert_found(found(configuration.CHECKS), expected)


SERVED = {"SITE_URL": "https://items.example.org"}
DEBUGGED = {"DEBUG": True, "HTTPS": False}
SEVERITIES = {
    "a laptop": ("hosts", {}, None, "note"),
    "HTTPS is asked for": ("hosts", {}, "1", "warning"),
    "SITE_URL is set": ("hosts", SERVED, None, "warning"),
    "DEBUG on a laptop": ("debug", DEBUGGED, "0", "warning"),
    "DEBUG with a host name": ("debug", DEBUGGED | {"ALLOWED_HOSTS": ["items.lan"]}, "0", "fault"),
    "DEBUG with every host": ("debug", DEBUGGED | {"ALLOWED_HOSTS": ["*"]}, "0", "fault"),
}


@pytest.mark.parametrize(
    ("check", "values", "https", "severity"), SEVERITIES.values(), ids=SEVERITIES
)
def test_it_is_worse_if_others_can_reach_the_site(
    check, values, https, severity, settings, monkeypatch
):
    settings.HTTPS, settings.SITE_URL, settings.ALLOWED_HOSTS = True, "", ["localhost", "[::1]"]
    for name, value in values.items():
        setattr(settings, name, value)
    monkeypatch.delenv("HTTPS", raising=False)
    if https:
        monkeypatch.setenv("HTTPS", https)

    [finding] = getattr(configuration, check)()

    assert finding.severity == severity


def test_trusting_every_proxy_is_found(settings):
    from itemsite.variables import networks

    settings.TRUSTED_PROXIES = networks("FORWARDED_ALLOW_IPS", ["*"])

    assert_found(found([configuration.proxies]), ("warning", "proxies", "'127.0.0.1,::1'"))
