"""Prepare settings and PostgreSQL before Django starts, with plain error messages."""

import os
import resource
import secrets
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

from itemsite.embedded import cluster
from itemsite.embedded.binaries import PROJECT, EmbeddedPostgresError

VAR = PROJECT / "var"
SECRET_KEY_FILE = VAR / "secret_key"
FILES_OF_MACOS = 10_240  # OPEN_MAX
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def read_settings() -> ModuleType:
    """Return the settings; a wrong value ends the process with one message."""
    if not _has("SECRET_KEY") and SECRET_KEY_FILE.exists():
        os.environ["SECRET_KEY_FILE"] = str(SECRET_KEY_FILE)  # bin/serve created it
    try:
        return import_module("itemsite.settings")
    except (ImproperlyConfigured, ValueError) as error:  # environs raises ValueErrors
        sys.exit(f"itemsite: {error}")


def start_postgres() -> None:
    """Start the private PostgreSQL, or end the process with a message."""
    try:
        cluster.start()
    except EmbeddedPostgresError as error:
        sys.exit(f"itemsite: {error}")


def use_local_defaults(host: str) -> None:
    """Set defaults for a server on this machine, unless they are set already.

    Visitors can do everything only if `host` is this machine itself, and neither ALLOWED_HOSTS nor
    SITE_URL is set, as they are behind a proxy. Otherwise the safe defaults apply.
    """
    os.environ.setdefault("HTTPS", "0")
    if host in LOOPBACK and "ALLOWED_HOSTS" not in os.environ and not _has("SITE_URL"):
        os.environ.setdefault("VISITORS_MAY", "view,add,change,delete")
        os.environ.setdefault("VISITOR_WRITES_PER_MINUTE", "0")
        os.environ.setdefault("FAILED_KEYS_PER_MINUTE", "0")
    if not _has("SECRET_KEY"):
        _make_secret_key()


def allow_many_files() -> None:
    """Raise the soft limit of open files to the hard one: macOS allows 256, a worker needs more."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for soft in (hard, FILES_OF_MACOS):  # whose kernel has a limit below the hard one
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            return


def has_database_url() -> bool:
    return _has("DATABASE_URL")


def listening_host() -> str:
    return os.environ.get("BIND") or "127.0.0.1"


def worker_count() -> int:
    """Return WEB_CONCURRENCY, by default the number of usable cores, but at least 2.

    With only one worker, nobody would be answered while it is replaced.
    """
    text = os.environ.get("WEB_CONCURRENCY", "").strip()
    if not text:
        return max(2, _cores())
    if not text.isdecimal() or int(text) < 1:
        sys.exit(f"itemsite: WEB_CONCURRENCY: {text!r} is not a number of processes, such as 2.")
    return int(text)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux: containers and taskset limit it
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shown(address: str) -> str:
    """Return a URL that a browser on this machine can open."""
    return address.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")


def has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


def url_host(host: str) -> str:
    """Return a host as in URLs, with IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def _has(variable: str) -> bool:
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


def _make_secret_key() -> None:
    """Save a random secret in a file that only its owner can read."""
    if SECRET_KEY_FILE.exists():
        return
    new = SECRET_KEY_FILE.with_suffix(f".{os.getpid()}")
    try:
        VAR.mkdir(exist_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(new, SECRET_KEY_FILE)  # atomic; the first of two starts wins
    except OSError as error:
        sys.exit(
            f"itemsite: cannot write in {VAR}: {error.strerror}. Make room, or give it to you."
        )
    finally:
        with suppress(OSError):
            new.unlink()
