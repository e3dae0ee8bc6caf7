"""Headers as the MDN HTTP Observatory wants them for its A+, and pages that keep to them."""

import io
import re

import pytest
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from items.models import Item
from itemsite.middleware.security_headers import add_security_headers

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
OBSERVATORY_HSTS_SECONDS = 15_768_000  # six months: less costs points

PAGES = [
    "/items/",
    "/items/new/",
    "/items/{id}/",
    "/items/{id}/edit/",
    "/items/{id}/delete/",
    "/docs/",
    "/accounts/login/",
    "/accounts/keys/",
    "/no/such/page/",
    "/admin/",
    "/admin/items/item/",
    "/admin/items/item/?q=none",
    "/admin/items/item/add/",
    "/admin/items/item/{id}/change/",
    "/admin/items/item/{id}/delete/",
    "/admin/items/apikey/",
    "/admin/auth/user/add/",
    "/admin/auth/user/1/password/",
    "/admin/auth/group/add/",
    "/admin/password_change/",
]
INLINE = re.compile(
    r"<style|<script(?![^>]* src=)|<[^>]+ (?:on[a-z]+|style)=|[\"']javascript:", re.IGNORECASE
)


def answer_to(path, application=None, *, debug=False, secure=True, **headers):
    """Return the headers of the answer, at the very edge."""
    sent = []
    bound = add_security_headers(application or get_wsgi_application(), debug=debug)
    environ = RequestFactory(headers=headers).get(path, secure=secure).environ
    bound(environ, lambda status, headers: sent.extend(headers)).close()
    assert len(sent) == len(dict(sent))
    return dict(sent)


def policy_of(headers):
    directives = [part.split() for part in headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", ["/items/", "/nothing/", "/admin/login/", "/items/new/", "/"])
def test_pages_are_bound(path):
    headers = answer_to(path, Accept="text/html")

    policy = policy_of(headers)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_trusted_types_bind_all_but_the_admin():
    page, admin = (answer_to(path, Accept="text/html") for path in ("/items/", "/admin/login/"))

    assert policy_of(page)["require-trusted-types-for"] == ["'script'"]
    assert policy_of(page)["connect-src"] == ["'self'"]
    assert "connect-src" not in policy_of(admin)
    assert "require-trusted-types-for" not in policy_of(admin)


@pytest.mark.parametrize("path", ["/items/", "/items/1/", "/healthz", "/openapi.json"])
def test_json_may_do_nothing_in_a_browser(path):
    headers = answer_to(path, Accept="application/json")

    assert policy_of(headers) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not any(name.startswith("Access-Control-") for name in headers)


def test_browsers_keep_to_https(settings):
    assert "Strict-Transport-Security" not in answer_to("/healthz")  # HTTPS=0

    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    told = answer_to("/healthz")["Strict-Transport-Security"]

    assert int(told.removeprefix("max-age=")) >= OBSERVATORY_HSTS_SECONDS
    assert "Strict-Transport-Security" not in answer_to("/healthz", secure=False)


def test_djangos_own_error_pages_keep_their_styles():
    def failing(environ, start_response):
        start_response("500 Internal Server Error", [("Content-Type", "text/html")])
        return io.BytesIO()

    assert "Content-Security-Policy" in answer_to("/", failing, debug=False)
    assert "Content-Security-Policy" not in answer_to("/", failing, debug=True)
    assert "Content-Security-Policy" in answer_to("/docs/", debug=True)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_more_than_the_policy_allows(client, path):
    user = User.objects.create_superuser("root", "<b>@example.org", "x", id=1)
    client.force_login(user)
    item = Item.objects.create(name="<script>alert(1)</script>", description='" onclick="x')

    page = client.get(path.format(id=item.id), headers=HTML)

    assert page.status_code in (200, 404)
    assert not INLINE.search(page.text)
