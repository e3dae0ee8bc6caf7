"""What happens before Django: settings for a server on this machine, and plain errors."""

import os
import secrets
import sys
from contextlib import suppress
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured

from itemsite import embedded
from itemsite.programs import EmbeddedPostgresError

VAR = embedded.PROJECT / "var"
SECRET_KEY_FILE = VAR / "secret_key"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def read_settings() -> None:
    """Import the settings; a wrong value ends the process with one sentence."""
    try:
        import_module("itemsite.settings")
    except (ImproperlyConfigured, ValueError) as error:  # environs raises ValueErrors
        sys.exit(f"itemsite: {error}")


def start_postgres() -> None:
    """Start the private PostgreSQL, or end the process with a sentence that says why not."""
    try:
        embedded.start()
    except EmbeddedPostgresError as error:
        sys.exit(f"itemsite: {error}")


def use_local_defaults(host: str) -> None:
    """Set what a server on this machine needs and nobody has set.

    Who reaches it from outside gets no more than the safe defaults: visitors
    may do everything only while `host` is this machine itself.
    """
    os.environ.setdefault("HTTPS", "0")
    if host in LOOPBACK:
        os.environ.setdefault("VISITORS_MAY", "view,add,change,delete")
    if "SECRET_KEY" not in os.environ and "SECRET_KEY_FILE" not in os.environ:
        _make_secret_key()
        os.environ["SECRET_KEY_FILE"] = str(SECRET_KEY_FILE)


def has_database_url() -> bool:
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def _make_secret_key() -> None:
    """Keep a random secret in a file that its owner alone may read."""
    if SECRET_KEY_FILE.exists():
        return
    VAR.mkdir(exist_ok=True)
    new = SECRET_KEY_FILE.with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    with suppress(FileExistsError):
        os.link(new, SECRET_KEY_FILE)  # whole or not at all; the first of two starts wins
    new.unlink()
