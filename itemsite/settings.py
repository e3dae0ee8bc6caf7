"""Every setting, from the environment; .env.example lists the variables.

The defaults are safe. A missing or wrong value stops the start with a message that names the
variable: variables.py reads and checks them.
"""

from pathlib import Path
from typing import Any

from itemsite.cookies import cookie_name
from itemsite.embedded import cluster
from itemsite.log_config import log_config
from itemsite.server_urls import database, mail_server
from itemsite.variables import (
    choices,
    earlier_keys,
    env,
    hosts,
    log_level,
    networks,
    number,
    origins,
    secret_key,
    site_name,
    site_url,
    time_zone,
    token,
    words,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
NO_LIMIT = "Write 0 for no limit."

# The site

DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=True)  # a proxy in front of the site ends TLS

SECRET_KEY = secret_key("SECRET_KEY")
SECRET_KEY_FALLBACKS = earlier_keys("SECRET_KEY_FALLBACKS")  # still accepted

ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = site_url("SITE_URL", HTTPS)  # where people find it, if a proxy changes the Host header
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS") + ([SITE_URL] if SITE_URL else [])

SITE_NAME = site_name("SITE_NAME")

ACTIONS = ("view", "add", "change", "delete")
VISITORS_MAY = choices("VISITORS_MAY", "view", ACTIONS)  # empty: everything needs a sign-in

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
    "itemsite.middleware.observe.observe",
    "django.middleware.security.SecurityMiddleware",
    "itemsite.middleware.health.answer_health",
    "itemsite.middleware.https.require_https",
    "itemsite.middleware.slow_clients.free_connection_while_waiting",
    "django.middleware.common.CommonMiddleware",  # refuses foreign hosts, for static files too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "itemsite.middleware.private_answers.keep_private",
    "itemsite.middleware.refusals.RefusalMiddleware",  # methods, CSRF, problems; JSON leaves here
    "itemsite.middleware.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "itemsite.middleware.authentication.AuthenticationMiddleware",
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
                "itemsite.context.site",
            ],
        },
    },
]

# PostgreSQL

STATEMENT_TIMEOUT_SECONDS = number("STATEMENT_TIMEOUT_SECONDS", 5, 0, NO_LIMIT)

default: Any = database("DATABASE_URL") or cluster.database()

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
            # Keepalives do not watch a connection with data under way: Linux sends it again for a
            # quarter of an hour. After a failover behind a silent network that is an outage.
            "tcp_user_timeout": 5_000,  # milliseconds until sent data must have arrived
            "application_name": "itemsite",
            **url_options,
            # With the pool's 1 s, whoever waits for a lock has an answer within 3.5 s. The options
            # of the URL come last and win.
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s -c lock_timeout=2s"
            f" -c idle_in_transaction_session_timeout=10s {url_options.get('options', '')}".strip(),
        },
    }
}

# manage.py backup saves here, and the doctor looks at the age of the newest one.
BACKUP_DIR = Path(env.str("BACKUP_DIR", default="") or VAR / "backups")

# Clients and their limits

FORWARDED_ALLOW_IPS = words("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
TRUSTED_PROXIES = networks("FORWARDED_ALLOW_IPS", FORWARDED_ALLOW_IPS)

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

PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # seconds that a link to choose a password is valid

# Mails with such links

mails = mail_server("EMAIL_URL", site_url=SITE_URL)
SENDS_MAIL = bool(mails.host)
EMAIL_HOST, EMAIL_PORT = mails.host, mails.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mails.user, mails.password
EMAIL_USE_TLS, EMAIL_USE_SSL = mails.starts_tls, mails.is_tls
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = mails.sender

# The browser

# The content security policy and other headers that Django does not know are set in
# middleware/security_headers.py, the redirect to HTTPS in middleware/https.py.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # over HTTPS, the CSRF check can need the Referer
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = cookie_name("session", HTTPS)
CSRF_COOKIE_NAME = cookie_name("csrf", HTTPS)
MESSAGES_COOKIE_NAME = cookie_name("messages", HTTPS)
THEME_COOKIE_NAME = cookie_name("theme", HTTPS)
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
        else "itemsite.static_files.StaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "itemsite.preferences.formats"
LANGUAGE_COOKIE_NAME = cookie_name("language", HTTPS)
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

USE_TZ = True
TIME_ZONE = time_zone("TIME_ZONE")  # of the times on pages; JSON is always UTC

# The log

LOG_LEVEL = log_level("LOG_LEVEL")
REQUEST_LOG = env.bool("REQUEST_LOG", default=False)  # a line of JSON for each request
SLOW_QUERY_MS = number("SLOW_QUERY_MS", 0, 0, "Write 0 to log no slow statements.")
METRICS_TOKEN = token("METRICS_TOKEN")  # for /metrics; empty: there is none
LOGGING = log_config(LOG_LEVEL)
