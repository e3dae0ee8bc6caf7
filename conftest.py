"""Tests run on PostgreSQL: the private one, or the server that DATABASE_URL names."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.utils import translation

from itemsite.embedded import cluster
from itemsite.serving import startup

# Not in pyproject.toml: pytest-django would load the settings before this file could speak.
for variable in (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "FORWARDED_ALLOW_IPS",
    "LOG_LEVEL",
    "PORT",
    "SITE_URL",
    "TIME_ZONE",
):
    os.environ.pop(variable, None)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "itemsite.settings",
    "SECRET_KEY": "only-for-tests-" * 4,
    "HTTPS": "0",
    "VISITORS_MAY": "view,add,change,delete",
    "VISITOR_WRITES_PER_MINUTE": "0",
    "FAILED_KEYS_PER_MINUTE": "0",
}
TEST_DATABASE = "test_itemsite_"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # Where a shell runs this in the background it is ignored, and the servers would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not startup.has_database_url():
        cluster.start()
        _drop_databases_of_dead_runs()
    # The manifest is made by collectstatic, which tests do not run.
    storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = storage
    settings.MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{TEST_DATABASE}{os.getpid()}"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let no test meet the language or the limits of another one's last request."""
    yield
    translation.deactivate()
    if rate_limit := sys.modules.get("items.access.rate_limit"):
        rate_limit._over_limit.clear()


def _drop_databases_of_dead_runs() -> None:
    with cluster.connect_as_superuser() as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
        for (name,) in names:
            run = re.fullmatch(rf"{TEST_DATABASE}(\d+)(_gw\d+)?", name)
            if run and not _is_alive(int(run[1])):
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        with suppress(PermissionError):  # another account's: alive
            os.kill(pid, 0)
        return True
    return False
