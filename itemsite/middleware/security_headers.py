"""Security headers on every answer: pages, files, errors and probes.

Django's SecurityMiddleware sets the headers of the SECURE_* settings. This WSGI wrapper adds the
content security policy for each kind of answer, also for the answers of other middleware.
"""

from collections.abc import Callable

from itemsite.preferences.admin import ADMIN

NO_FRAMES = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    f"{NO_FRAMES}; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'"
)
SCRIPTED = "; connect-src 'self'"  # for fetch() in static/*.js; the admin does not need it
# The admin's jQuery 3 writes innerHTML, which trusted types forbid.
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types 'none'"

FEATURES = "camera microphone geolocation payment usb serial hid midi display-capture"
FOR_ALL = [("Cross-Origin-Resource-Policy", "same-origin")]
FOR_DOCUMENTS = [
    *FOR_ALL,
    ("X-Frame-Options", "DENY"),  # for browsers without frame-ancestors
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in FEATURES.split())),
]

JSON = ("Content-Type", "application/json")
PROBLEM = ("Content-Type", "application/problem+json")

Headers = list[tuple[str, str]]


def add_security_headers(application: Callable, *, debug: bool) -> Callable:
    """Wrap a WSGI application to add the headers for each kind of answer."""
    for_pages = [_policy(PAGE_POLICY + SCRIPTED + TRUSTED_TYPES), *FOR_DOCUMENTS]
    for_admin = [_policy(PAGE_POLICY), *FOR_DOCUMENTS]

    def added(path: str, status: str, headers: Headers) -> Headers:
        if JSON in headers or PROBLEM in headers:
            return for_json()
        if debug and status.startswith(("404", "500")):  # Django's debug pages, with inline styles
            return FOR_DOCUMENTS
        return for_admin if path.startswith(ADMIN) else for_pages

    def wrapped(environ: dict, start_response: Callable):
        def start(status: str, headers: Headers, *exc_info):
            return start_response(
                status, headers + added(environ["PATH_INFO"], status, headers), *exc_info
            )

        return application(environ, start)

    return wrapped


def for_json() -> Headers:
    return [_policy(NO_FRAMES), *FOR_ALL]


def _policy(directives: str) -> tuple[str, str]:
    return "Content-Security-Policy", directives
