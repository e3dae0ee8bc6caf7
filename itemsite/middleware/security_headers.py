"""What browsers are told not to do, on every answer: pages, files, errors and probes alike.

Constants, joined to an answer's headers at the edge, in half a microsecond. Set by a middleware
of one's own they took 4, by SecurityMiddleware, XFrameOptionsMiddleware and django-csp 32.
"""

from collections.abc import Callable

from itemsite.preferences.admin import ADMIN

NO_FRAMES = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    f"{NO_FRAMES}; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'"
)
SCRIPTED = "; connect-src 'self'"  # what static/*.js asks the site; the admin asks nothing
# The admin's jQuery 3 writes innerHTML, which trusted types forbid.
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types 'none'"

FEATURES = "camera microphone geolocation payment usb serial hid midi display-capture"
FOR_ALL = [
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
FOR_DOCUMENTS = [
    ("X-Frame-Options", "DENY"),  # for browsers from before frame-ancestors
    ("Referrer-Policy", "same-origin"),  # over HTTPS the CSRF check may need the Referer
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in FEATURES.split())),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
# Not for subdomains: they are not the site's to bind.
STRICT_TRANSPORT = ("Strict-Transport-Security", f"max-age={365 * 24 * 3600}")

JSON = ("Content-Type", "application/json")
PROBLEM = ("Content-Type", "application/problem+json")

Headers = list[tuple[str, str]]


def add_security_headers(application: Callable, *, https: bool, debug: bool) -> Callable:
    """Wrap a WSGI application: its answers carry what their kind needs of the headers above."""
    unbound = FOR_ALL + FOR_DOCUMENTS
    for_json = [_policy(NO_FRAMES), *FOR_ALL]
    for_pages = [_policy(PAGE_POLICY + SCRIPTED + TRUSTED_TYPES), *unbound]
    for_admin = [_policy(PAGE_POLICY), *unbound]

    def added(path: str, status: str, headers: Headers) -> Headers:
        if JSON in headers or PROBLEM in headers:
            return for_json
        if debug and status.startswith(("404", "500")):  # Django's own pages, with inline styles
            return unbound
        return for_admin if path.startswith(ADMIN) else for_pages

    def wrapped(environ: dict, start_response: Callable):
        def start(status: str, headers: Headers, *exc_info):
            headers = headers + added(environ["PATH_INFO"], status, headers)
            if https and environ["wsgi.url_scheme"] == "https":  # never else: RFC 6797, 7.2
                headers.append(STRICT_TRANSPORT)
            return start_response(status, headers, *exc_info)

        return application(environ, start)

    return wrapped


def _policy(directives: str) -> tuple[str, str]:
    return "Content-Security-Policy", directives
