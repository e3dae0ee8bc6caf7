"""Every setting, from the environment; .env.example lists the variables.

The defaults are safe. A missing or wrong value stops the start with a message that names the
variable.
"""

import ipaddress
import logging
import re
import zoneinfo
from pathlib import Path
from typing import Any, cast

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

from itemsite.embedded import cluster
from itemsite.serving import startup

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = FileAwareEnv(strip_whitespace=True)  # SECRET_KEY_FILE is a file with the SECRET_KEY

# The site

DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=True)  # a proxy in front of the site ends TLS

SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        ("SECRET_KEY is too short" if SECRET_KEY else "SECRET_KEY is not set")
        + ": it must have at least 50 secret, random characters. Create it with"
        ' python3 -c "import secrets; print(secrets.token_urlsafe(50))" and set SECRET_KEY'
        " or SECRET_KEY_FILE, as in .env.example. On a laptop bin/serve does this for you."
    )


def words(name: str, default: str) -> list[str]:
    """Return the comma-separated words of a variable."""
    return [word.strip() for word in env.str(name, default=default).split(",") if word.strip()]


def number(name: str, default: int, minimum: int, advice: str) -> int:
    """Return a variable's number, which is not below the minimum."""
    value = env.int(name, default=default)
    if value < minimum:
        raise ImproperlyConfigured(f"{name} is below {minimum}. {advice}")
    return value


NO_LIMIT = "Write 0 for no limit."

SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS", "")  # earlier keys, still accepted
if any(len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured(
        "SECRET_KEY_FALLBACKS: a key is shorter than 50 characters. Write complete earlier values"
        " of SECRET_KEY, separated by commas."
    )

ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty, so nobody can open the site. Write its host name."
    )
HOST = r"(?a:[\w-]+(?:\.[\w-]+)*|\[[\da-fA-F:.]+\])"
for host in ALLOWED_HOSTS:
    if not re.fullmatch(rf"\*|\.?{HOST}", host):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS: {host} is not a host name. Write it without https://, port and path,"
            " and with other letters than a to z as in DNS (xn--...)."
        )


def as_sent(origin: str) -> str:
    """Return an origin as browsers send it: in small letters, without the scheme's own port."""
    origin = origin.rstrip("/").lower()
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


CSRF_TRUSTED_ORIGINS = [as_sent(origin) for origin in words("CSRF_TRUSTED_ORIGINS", "")]
for origin in CSRF_TRUSTED_ORIGINS:
    if not re.fullmatch(rf"https?://(?:\*\.)?{HOST}(?::\d+)?", origin):
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS: {origin} is not an origin. Write, for example,"
            " https://items.example.org"
        )

# Where people find the site, for proxies that change the Host header.
SITE_URL = as_sent(env.str("SITE_URL", default=""))
if SITE_URL and not re.fullmatch(rf"https?://{HOST}(?::\d+)?", SITE_URL):
    raise ImproperlyConfigured(
        f"SITE_URL: {SITE_URL} is not the address of a site. Write, for example,"
        " https://items.example.org, without a path: itemsite needs a host name of its own."
    )
if SITE_URL:
    if HTTPS and not SITE_URL.startswith("https:"):
        raise ImproperlyConfigured(
            f"SITE_URL: {SITE_URL} is plain HTTP. Write https://, or set HTTPS=0."
        )
    CSRF_TRUSTED_ORIGINS.append(SITE_URL)

ACTIONS = ("view", "add", "change", "delete")
VISITORS_MAY = words("VISITORS_MAY", "view")  # empty: everything needs a sign-in
for action in VISITORS_MAY:
    if action not in ACTIONS:
        raise ImproperlyConfigured(
            f"VISITORS_MAY: {action!r} is not an action. Choose from {', '.join(ACTIONS)}."
        )

ROOT_URLCONF = "itemsite.urls"
WSGI_APPLICATION = "itemsite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # errors.page_not_found redirects GET; a redirected POST would be lost

INSTALLED_APPS = [
    "items",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "itemsite",  # after Django's apps: its admin.py replaces that of users and groups
]

MIDDLEWARE = [
    "itemsite.middleware.request_id.set_request_id",
    "django.middleware.security.SecurityMiddleware",
    "itemsite.middleware.health.answer_health",
    "itemsite.middleware.https.require_https",
    "itemsite.middleware.slow_clients.free_connection_while_waiting",
    "django.middleware.common.CommonMiddleware",  # refuses foreign hosts, for static files too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "itemsite.middleware.refusals.RefusalMiddleware",  # methods, CSRF, problems; JSON leaves here
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "items.access.permissions.open_to_visitors",
                "itemsite.preferences.theme.theme",
            ],
        },
    },
]

# PostgreSQL

STATEMENT_TIMEOUT_SECONDS = number("STATEMENT_TIMEOUT_SECONDS", 5, 0, NO_LIMIT)

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    try:
        default = dj_database_url.parse(DATABASE_URL)
        if not default["NAME"]:
            raise ValueError("no name of a database")
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not valid. Write postgresql://USER:PASSWORD@HOST:5432/NAME"
            " with special characters in the password as %XX."
        ) from error
    if set(default["NAME"]) & set("/@"):  # the rest of a password with an unquoted one of these
        raise ImproperlyConfigured(
            "DATABASE_URL: write special characters in the password as %XX: @ is %40, / is %2F."
        )
    if default["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL: itemsite needs PostgreSQL. Write postgresql://USER:PASSWORD@HOST/NAME"
        )
else:
    default = cast(Any, cluster.database())

# Connections of a worker.
DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", 4, 1, "A worker needs one to PostgreSQL.")
# Executions before a statement is prepared; 0: never, as PgBouncer before 1.21 needs it.
DATABASE_PREPARE = number("DATABASE_PREPARE", 2, 0, "Write 0 for no prepared statements.")

url_options = default.get("OPTIONS", {})
DATABASES = {
    "default": {
        **default,
        "ENGINE": "itemsite.checked_pool",
        "OPTIONS": {
            # After 45 s without a server, the default of 300 s let the pool recover 12 s later.
            "pool": {
                "min_size": min(2, DATABASE_POOL_SIZE),
                "max_size": DATABASE_POOL_SIZE,  # snapshot_cache.py has one more
                "timeout": 1,
                "reconnect_timeout": 2,
                "max_lifetime": 1800,
                "max_idle": 300,
            },
            "prepare_threshold": DATABASE_PREPARE or None,
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "application_name": "itemsite",
            **url_options,
            # The options of the URL come last and win.
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s -c lock_timeout=3s"
            f" -c idle_in_transaction_session_timeout=10s {url_options.get('options', '')}".strip(),
        },
    }
}

# Clients and their limits

FORWARDED_ALLOW_IPS = words("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
try:
    TRUSTED_PROXIES = [
        ipaddress.ip_network(proxy, strict=False)
        for word in FORWARDED_ALLOW_IPS
        for proxy in (("0.0.0.0/0", "::/0") if word == "*" else (word,))
    ]
except ValueError as error:
    raise ImproperlyConfigured(
        f"FORWARDED_ALLOW_IPS: {error}. Write IPs or networks such as 10.0.0.0/8, or *."
    ) from error

VISITOR_WRITES_PER_MINUTE = number("VISITOR_WRITES_PER_MINUTE", 300, 0, NO_LIMIT)
FAILED_KEYS_PER_MINUTE = number("FAILED_KEYS_PER_MINUTE", 60, 0, NO_LIMIT)

# Signing in

AUTHENTICATION_BACKENDS = [
    "items.access.permissions.VisitorsBackend",
    "items.access.permissions.AccountsBackend",
]
PASSWORD_HASHERS = ["itemsite.passwords.PBKDF2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/items/"
LOGOUT_REDIRECT_URL = "/items/"

# The browser

# The content security policy and other headers that Django does not know are set in
# middleware/security_headers.py, the redirect to HTTPS in middleware/https.py.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # over HTTPS, the CSRF check can need the Referer
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"


def cookie_name(kind: str) -> str:
    """Return a name that no other site uses.

    Browsers accept __Host- only for secure cookies of exactly this host, so that no other subdomain
    can set them. They send cookies to every port of a host, so over plain HTTP, as on a laptop, the
    port is in the name.
    """
    return f"__Host-itemsite_{kind}" if HTTPS else f"itemsite_{kind}_{startup.listening_port()}"


SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = cookie_name("session")
CSRF_COOKIE_NAME = cookie_name("csrf")
MESSAGES_COOKIE_NAME = cookie_name("messages")
THEME_COOKIE_NAME = cookie_name("theme")
CSRF_COOKIE_HTTPONLY = True
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # XFrameOptionsMiddleware: security_headers.py sets its header
    "security.W003",  # CsrfViewMiddleware: RefusalMiddleware is one
    "security.W005",  # HSTS for subdomains: they can belong to others
    "security.W008",  # SECURE_SSL_REDIRECT: https.py only redirects GET
    "security.W021",  # HSTS preloading: it affects the whole domain for months
]
MESSAGE_STORAGE = "itemsite.messages.Storage"
CSRF_FAILURE_VIEW = "itemsite.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a body without files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "itemsite.preferences.formats"
LANGUAGE_COOKIE_NAME = cookie_name("language")
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")  # of the times on pages; JSON is always UTC
try:
    zoneinfo.ZoneInfo(TIME_ZONE)
except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:  # OSError: a folder
    raise ImproperlyConfigured(
        f"TIME_ZONE: {TIME_ZONE!r} is unknown. Write, for example, Europe/Berlin."
    ) from error

# The log

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(
        f"LOG_LEVEL: {LOG_LEVEL} is not a level. Write DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}
    },
    "filters": {"request": {"()": "itemsite.errors.RequestLogFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False}},
}
