"""A missing or odd value stops the start with a sentence that names the variable."""

import os
import re
import subprocess
import sys

import pytest

GOOD = {"SECRET_KEY": "s" * 50, "DATABASE_URL": "postgresql://user:pass@localhost/items"}
SITE = "https://a.org"
READ = """
from itemsite.serving import startup
startup.SECRET_KEY_FILE = startup.VAR / "nothing here"  # not what bin/serve left in this clone
startup.read_settings()
"""
SHOW = "from itemsite import settings as s; print(eval({!r}))"


def python(code, variables):
    environment = {"PATH": os.environ["PATH"], **GOOD, **variables}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY_FALLBACKS": "o" * 50 + ",x"}, "SECRET_KEY_FALLBACKS: a key is shorter"),
        ({"FORWARDED_ALLOW_IPS": "proxy"}, "FORWARDED_ALLOW_IPS: 'proxy' does not appear"),
        ({"VISITOR_WRITES_PER_MINUTE": "-1"}, "VISITOR_WRITES_PER_MINUTE is below 0"),
        ({"SECRET_KEY_FILE": "/nonexistent"}, "SECRET_KEY_FILE must be a readable file"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"DATABASE_URL": "mysql://u@h/n"}, "DATABASE_URL: itemsite needs PostgreSQL"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL: itemsite needs PostgreSQL"),
        ({"DATABASE_URL": "gibberish"}, "DATABASE_URL is not valid"),
        ({"DATABASE_URL": "postgresql://u:p@h:port/n"}, "DATABASE_URL is not valid"),
        ({"DATABASE_URL": "postgresql://u:p@ss/w@h/n"}, "DATABASE_URL: write special characters"),
        ({"DATABASE_URL": "postgresql://u:p@h:x,g:1/n"}, "DATABASE_URL: write several hosts as"),
        ({"DATABASE_URL": "postgresql://u:p@h,/n"}, "DATABASE_URL: write several hosts as"),
        ({"DATABASE_URL": "postgresql://u:p@h,g"}, "DATABASE_URL is not valid"),
        ({"DATABASE_URL": "mysql://u:p@h,g/n"}, "DATABASE_URL: itemsite needs PostgreSQL"),
        ({"VISITORS_MAY": "view,fly"}, "VISITORS_MAY: 'fly' is not an action"),
        ({"CSRF_TRUSTED_ORIGINS": "a.example"}, "CSRF_TRUSTED_ORIGINS: a.example is not an origin"),
        ({"CSRF_TRUSTED_ORIGINS": "https://a.example/x"}, "CSRF_TRUSTED_ORIGINS: https://a.exam"),
        ({"ALLOWED_HOSTS": "https://a.example"}, "ALLOWED_HOSTS: https://a.example is not a host"),
        ({"ALLOWED_HOSTS": "a.example:8000"}, "ALLOWED_HOSTS: a.example:8000 is not a host"),
        ({"ALLOWED_HOSTS": "a.example/"}, "ALLOWED_HOSTS: a.example/ is not a host"),
        ({"ALLOWED_HOSTS": "*.a.example"}, "ALLOWED_HOSTS: *.a.example is not a host"),
        ({"SITE_URL": "items.example.org"}, "SITE_URL: items.example.org is not the address of a"),
        ({"SITE_URL": "https://a.example/items"}, "needs a host name of its own."),
        ({"SITE_URL": "https://u:p@a.example"}, "SITE_URL: https://u:p@a.example is not"),
        ({"SITE_URL": "http://a.example"}, "SITE_URL: http://a.example is plain HTTP."),
        ({"ALLOWED_HOSTS": "münchen.example"}, "ALLOWED_HOSTS: münchen.example is not a host"),
        ({"SITE_URL": "https://münchen.example"}, "SITE_URL: https://münchen.example is not"),
        ({"CSRF_TRUSTED_ORIGINS": "https://münchen.example"}, "is not an origin"),
        ({"SITE_NAME": "n" * 31}, "is too long, or has invisible characters. Write a name of at"),
        ({"SITE_NAME": "a\nb"}, "SITE_NAME: 'a\\nb' is too long"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL is not valid. Write smtp+tls://USER:PASS"),
        ({"EMAIL_URL": "smtp://h/"}, "EMAIL_URL is not valid."),
        ({"EMAIL_URL": "smtp://h:port/?from=a@b.org"}, "EMAIL_URL is not valid."),
        ({"EMAIL_URL": "smtp://h/?from=a@b.org&x=1"}, "EMAIL_URL is not valid."),
        ({"EMAIL_URL": "imap://h/?from=a@b.org"}, "EMAIL_URL is not valid."),
        (
            {"EMAIL_URL": "smtp://h/?from=a@b.org"},
            "EMAIL_URL: without SITE_URL, strangers could choose the address of the links",
        ),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE"),
        ({"TIME_ZONE": "Europe"}, "TIME_ZONE: 'Europe' is unknown."),
        (
            {"STATEMENT_TIMEOUT_SECONDS": "soon"},
            "STATEMENT_TIMEOUT_SECONDS: 'soon' is not a whole number, such as 5.",
        ),
        ({"STATEMENT_TIMEOUT_SECONDS": "-1"}, "STATEMENT_TIMEOUT_SECONDS is below 0"),
        ({"DATABASE_POOL_SIZE": "0"}, "DATABASE_POOL_SIZE is below 1"),
        ({"DATABASE_PREPARE": "-1"}, "DATABASE_PREPARE is below 0"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is empty"),
        ({"DATABASE_URL": "postgresql://u:p@h"}, "DATABASE_URL is not valid"),
        ({"DATABASE_URL": "postgresql://u:p#w@h/n"}, "DATABASE_URL is not valid"),
    ],
)
def test_stops_with_a_sentence(variables, sentence):
    ended = python(READ, variables)

    assert ended.returncode == 1
    assert ended.stderr.startswith("itemsite: ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("s.DEBUG", "False"),
        ("s.SITE_NAME, s.SENDS_MAIL", "('itemsite', False)"),
        ("s.VISITORS_MAY", "['view']"),
        ("s.HTTPS and s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE", "True"),
        ("s.SESSION_COOKIE_NAME", "__Host-itemsite_session"),
        ("s.CSRF_COOKIE_NAME", "__Host-itemsite_csrf"),
        ("s.THEME_COOKIE_NAME", "__Host-itemsite_theme"),
        ("s.VISITOR_WRITES_PER_MINUTE, s.FAILED_KEYS_PER_MINUTE", "(300, 60)"),
        ("[str(proxy) for proxy in s.TRUSTED_PROXIES]", "['127.0.0.1/32', '::1/128']"),
        ("s.ALLOWED_HOSTS", "['localhost', '127.0.0.1', '[::1]']"),
        ("s.DATABASES['default']['ENGINE']", "itemsite.checked_pool"),
    ],
)
def test_the_default_is_the_safe_value(expression, value):
    assert python(SHOW.format(expression), {}).stdout.strip() == value


@pytest.mark.parametrize(
    ("variables", "expression", "value"),
    [
        ({"VISITORS_MAY": ""}, "s.VISITORS_MAY", "[]"),
        ({"VISITORS_MAY": "view, add"}, "s.VISITORS_MAY", "['view', 'add']"),
        ({"ALLOWED_HOSTS": "a.org, b.org"}, "s.ALLOWED_HOSTS", "['a.org', 'b.org']"),
        ({"ALLOWED_HOSTS": ".a.org,[::1],*"}, "s.ALLOWED_HOSTS", "['.a.org', '[::1]', '*']"),
        (
            {"CSRF_TRUSTED_ORIGINS": "https://a.org/,http://*.b.org:81"},
            "s.CSRF_TRUSTED_ORIGINS",
            "['https://a.org', 'http://*.b.org:81']",
        ),
        (
            {"CSRF_TRUSTED_ORIGINS": "HTTPS://A.org:443,http://b.org:80"},
            "s.CSRF_TRUSTED_ORIGINS",
            "['https://a.org', 'http://b.org']",
        ),
        ({"SITE_URL": "https://A.org:443"}, "s.CSRF_TRUSTED_ORIGINS", "['https://a.org']"),
        (
            {"SITE_URL": "https://a.org:81/"},
            "s.SITE_URL, s.CSRF_TRUSTED_ORIGINS",
            "('https://a.org:81', ['https://a.org:81'])",
        ),
        ({"SITE_URL": "http://a.org", "HTTPS": "0"}, "s.SITE_URL", "http://a.org"),
        ({"LOG_LEVEL": "warn"}, "s.LOG_LEVEL", "WARN"),
        ({"TIME_ZONE": "US/Eastern", "PYTHONTZPATH": ""}, "s.TIME_ZONE", "US/Eastern"),
        (
            {"EMAIL_URL": "smtp+tls://u%40x:p%2Fw@h.org/?from=a@b.org", "SITE_URL": SITE},
            "[getattr(s, 'EMAIL_' + n) for n in 'HOST PORT HOST_USER HOST_PASSWORD'.split()]"
            " + [s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.DEFAULT_FROM_EMAIL]",
            "['h.org', 587, 'u@x', 'p/w', True, False, 'a@b.org']",
        ),
        (
            {"EMAIL_URL": "smtps://h.org:466?from=a@b.org", "SITE_URL": SITE},
            "s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.SENDS_MAIL",
            "(466, False, True, True)",
        ),
        ({"SITE_NAME": "  "}, "s.SITE_NAME", "itemsite"),
        ({"HTTPS": "0"}, "s.SESSION_COOKIE_SECURE", "False"),
        ({"HTTPS": "0"}, "s.SESSION_COOKIE_NAME", "itemsite_session_8000"),
        ({"HTTPS": "0", "PORT": "81"}, "s.MESSAGES_COOKIE_NAME", "itemsite_messages_81"),
        (
            {"DATABASE_POOL_SIZE": "9", "DATABASE_PREPARE": "0"},
            "(o := s.DATABASES['default']['OPTIONS'])['pool']['max_size'], o['prepare_threshold']",
            "(9, None)",
        ),
        (
            {"DATABASE_URL": "postgresql://u:p@h/n?options=-c%20role%3Dx"},
            "s.DATABASES['default']['OPTIONS']['options'].split('-c ')[1:]",
            "['statement_timeout=5s ', 'lock_timeout=2s ',"
            " 'idle_in_transaction_session_timeout=10s ', 'role=x']",
        ),
        (
            {"DATABASE_URL": "postgresql://u:p%40ss@[::1]:6000/n?sslmode=require"},
            "[s.DATABASES['default'][k] for k in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')]"
            " + [s.DATABASES['default']['OPTIONS']['sslmode']]",
            "['u', 'p@ss', '::1', 6000, 'n', 'require']",
        ),
        (
            {
                "DATABASE_URL": "postgresql://u:p%2C@One:1,[::1],%2Frun%2FPG:2/n"
                "?target_session_attrs=read-write"
            },
            "[s.DATABASES['default'][k] for k in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')]"
            " + [s.DATABASES['default']['OPTIONS']['target_session_attrs']]",
            "['u', 'p,', 'One,::1,/run/PG', '1,,2', 'n', 'read-write']",
        ),
        ({"DATABASE_URL": "postgresql://u:p,w@h/n"}, "s.DATABASES['default']['PASSWORD']", "p,w"),
    ],
)
def test_reads(variables, expression, value):
    assert python(SHOW.format(expression), variables).stdout.strip() == value


@pytest.mark.parametrize(
    ("host", "variables", "limits"),
    [
        ("127.0.0.1", {}, "(0, 0)"),
        ("127.0.0.1", {"ALLOWED_HOSTS": "items.example.org"}, "(300, 60)"),
        ("127.0.0.1", {"SITE_URL": "https://items.example.org"}, "(300, 60)"),
        ("127.0.0.1", {"SITE_URL": ""}, "(0, 0)"),
        ("0.0.0.0", {}, "(300, 60)"),
    ],
)
def test_only_a_laptop_of_ones_own_has_no_limits(host, variables, limits):
    show = SHOW.format("s.VISITOR_WRITES_PER_MINUTE, s.FAILED_KEYS_PER_MINUTE")
    code = f"from itemsite.serving import startup; startup.use_local_defaults({host!r}); {show}"

    assert python(code, variables).stdout.strip() == limits


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("3", "3"), (" ", "2"), ("0", "WEB_CONCURRENCY: '0' is not"), ("two", "WEB_CONCURRENCY")],
)
def test_workers_are_as_many_as_asked_or_as_cores(wanted, said):
    show = "os.sched_getaffinity = lambda pid: {0}; print(startup.worker_count())"
    code = f"import os; from itemsite.serving import startup; {show}"

    ended = python(code, {"WEB_CONCURRENCY": wanted})

    assert said in (ended.stdout or ended.stderr)


def test_secrets_come_from_files_too(tmp_path):
    (tmp_path / "key").write_text("k" * 60 + "\n")
    (tmp_path / "url").write_text("postgresql://u:p@h/from_file\n")
    files = {
        "SECRET_KEY": None,
        "SECRET_KEY_FILE": str(tmp_path / "key"),
        "DATABASE_URL": None,
        "DATABASE_URL_FILE": str(tmp_path / "url"),
    }

    ended = python(SHOW.format("len(s.SECRET_KEY), s.DATABASES['default']['NAME']"), files)

    assert ended.stdout.strip() == "(60, 'from_file')"


def test_every_variable_is_documented():
    with open("itemsite/settings.py") as settings, open(".env.example") as example:
        source, documented = settings.read(), example.read()
    with open("docs/deploy.md") as deploy:
        table = deploy.read()

    names = set(re.findall(r'(?<!\.get)\(\s*"([A-Z_]+)"', source))

    assert {"DATABASE_URL", "SECRET_KEY", "VISITORS_MAY", "LOG_LEVEL"} <= names
    for name in names:
        assert f"{name}=" in documented
        assert f"`{name}`" in table
