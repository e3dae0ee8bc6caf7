"""Every error speaks to people in HTML and to scripts in problem+json."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from django.test import Client
from pytest_django.asserts import assertContains

from items.search import list_page
from itemsite.log_filter import RequestLogFilter

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_an_unknown_address(client):
    page = client.get("/no/such/page/", headers=HTML)
    answer = client.get("/no/such/page/")

    assertContains(page, "<h1>Not found</h1>", status_code=404, html=True)
    assert answer.json()["title"] == "Not Found"
    assert answer["Content-Type"] == "application/problem+json"


def test_the_pages_help_on(client, monkeypatch):
    monkeypatch.setattr(list_page, "read_page", failing(OperationalError("no route to host")))

    nowhere = client.get("/no/such/page/", headers=HTML)
    away = client.get("/items/?q=a&sort=name", headers=HTML)
    foreign = client.post("/theme/", headers=HTML | {"Sec-Fetch-Site": "cross-site"})

    assertContains(nowhere, 'role="search" action="/items/"', status_code=404)
    assertContains(away, 'href="/items/?q=a&amp;sort=name"', status_code=503)
    assertContains(foreign, 'href="/accounts/login/"', status_code=403)


def test_error_pages_say_who_is_signed_in(client, monkeypatch):
    stranger = client.get("/no/such/page/", headers=HTML)
    client.force_login(User.objects.create_user("ada"))
    nowhere = client.get("/no/such/page/", headers=HTML)
    client.get("/items/1/edit/", headers=HTML)
    monkeypatch.setattr(SessionStore, "load", failing(OperationalError("no route to host")))
    away = client.get("/no/such/page/", headers=HTML)
    down = client.get("/items/", headers=HTML)

    assertContains(stranger, 'href="/accounts/login/"', status_code=404)
    assertContains(nowhere, "ada</bdi>", status_code=404)
    assertContains(nowhere, 'action="/accounts/logout/"', status_code=404)
    for page, status in ((away, 404), (down, 503)):
        assertContains(page, '<a class="brand"', status_code=status)
        assert "ada" not in page.text
        assert "/accounts/login/" not in page.text


def test_the_page_of_a_refusal_says_what_is_missing(client, settings):
    settings.VISITORS_MAY = ["view"]
    client.force_login(User.objects.create_user("ada"))

    page = client.get("/items/new/", headers=HTML)

    assertContains(page, "does not have permission to add items", status_code=403)
    assertContains(page, "put you into the group Editors", status_code=403)
    assertContains(page, 'href="/accounts/login/?next=%2Fitems%2Fnew%2F"', status_code=403)


def failing(error, sqlstate=None):
    """Return a view that fails as the database would."""

    def view(*args, **kwargs):
        cause = psycopg.Error()
        cause.sqlstate = sqlstate
        raise error from cause

    return view


@pytest.mark.parametrize(
    ("error", "sqlstate", "status"),
    [
        pytest.param(OperationalError("no route to host"), None, 503, id="no connection"),
        pytest.param(OperationalError("admin shutdown"), "57P01", 503, id="server stopping"),
        pytest.param(DatabaseError("idle in transaction"), "25P03", 503, id="ended while idle"),
        pytest.param(OperationalError("lock timeout"), "55P03", 503, id="locked"),
        pytest.param(OperationalError("disk full"), "53100", 503, id="disk full"),
        pytest.param(OperationalError("a deadlock"), "40P01", 503, id="deadlock"),
        pytest.param(InternalError("a standby"), "25006", 503, id="read-only"),
        pytest.param(NotSupportedError("unlogged"), "0A000", 503, id="not on a standby"),
        pytest.param(IntegrityError("violates a check"), "23514", 409, id="constraint"),
        pytest.param(ProgrammingError("not sent"), None, 500, id="our mistake, never sent"),
        pytest.param(DatabaseError("syntax"), "42601", 500, id="our mistake"),
        pytest.param(ValueError("secret detail"), None, 500, id="a bug"),
    ],
)
def test_errors_of_the_database_are_told_apart(client, monkeypatch, error, sqlstate, status):
    monkeypatch.setattr(list_page, "read_page", failing(error, sqlstate))
    monkeypatch.setattr("items.api.views.read_page", failing(error, sqlstate))

    page, answer = client.get("/items/", headers=HTML), client.get("/items/")

    assert page.status_code == answer.status_code == status
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Content-Type"] == "application/problem+json"
    assert page.get("Retry-After") == answer.get("Retry-After") == ("2" if status == 503 else None)
    assert str(error).encode() not in page.content + answer.content


def test_a_form_in_another_charset_is_refused():
    client = Client(enforce_csrf_checks=True, headers=HTML)
    client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32
    content_type = "application/x-www-form-urlencoded; charset=utf-16"

    response = client.post("/items/new/", "name=x", content_type)

    assert response.status_code == 400


@pytest.mark.parametrize(("headers", "shown"), [(HTML, b"<h1>"), ({}, b'"status": 413')])
def test_a_large_body_is_refused(client, headers, shown):
    response = client.post("/items/", "d" * 2_700_000, "text/plain", headers=headers)

    assert response.status_code == 413
    assert shown in response.content


def test_a_body_without_length_is_refused(client):
    response = client.post(
        "/items/", '{"name": "x"}', "application/json", headers={"Transfer-Encoding": "chunked"}
    )

    assert response.status_code == 411


def test_probes_need_no_host_and_no_right(client, settings):
    settings.VISITORS_MAY = []
    settings.HTTPS = True

    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).json() == {"status": "ok"}
    assert client.get("/readyz", headers={"Host": "10.0.0.7"}).json() == {"status": "ok"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_probes_are_only_read(client, method):
    assert client.generic(method, "/healthz").status_code == 405


@pytest.mark.parametrize("path", ["/list/items/", "/list/items/7/", "/list/docs/"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_below_a_path_it_says_that_it_does_not_work_there(client, path, accept):
    response = client.get(path, headers={"Accept": accept})

    assert response.status_code == 404
    assert "itemsite needs a host name of its own" in response.text


@pytest.mark.parametrize(
    "path", ["/list/", "/list/nothing/", "/list//", "/static/x.css", "/items/7/x"]
)
def test_other_missing_pages_do_not_speak_of_paths(client, path):
    response = client.get(path, headers=HTML)

    assert response.status_code == 404
    assert "host name" not in response.text


def test_plain_http_is_led_to_https(client, settings):
    settings.HTTPS = True

    read = client.get("/items/?q=x", headers=HTML)
    written = client.post("/items/", '{"name": "x"}', "application/json")

    assert (read.status_code, read["Location"]) == (301, "https://testserver/items/?q=x")
    assert written.status_code == written.json()["status"] == 403
    assert client.get("/items/", secure=True).status_code == 200


def test_plain_http_is_led_to_the_address_of_the_site(client, settings):
    settings.HTTPS, settings.SITE_URL = True, "https://items.example.org"

    read = client.get("/items/?q=x", headers=HTML)

    assert read["Location"] == "https://items.example.org/items/?q=x"


def test_a_request_has_one_id_in_answer_error_and_log(client, monkeypatch, caplog):
    monkeypatch.setattr("items.api.views.read_page", failing(ValueError("a bug")))
    monkeypatch.setattr(list_page, "read_page", failing(ValueError("a bug")))
    caplog.handler.addFilter(RequestLogFilter())

    answer, page = client.get("/items/"), client.get("/items/", headers=HTML)

    logged = [record.request_id for record in caplog.records if record.levelname == "ERROR"]
    assert answer["X-Request-Id"] == answer.json()["request_id"] == logged[0]
    assert page["X-Request-Id"] == logged[1]
    assertContains(page, f"<code>{logged[1]}</code>", status_code=500)
    assert logged[0] != logged[1]


@pytest.mark.parametrize("path", ["/items/", "/items/1/"])
def test_neither_json_nor_html_is_not_acceptable(client, path):
    response = client.get(path, headers={"Accept": "image/png"})

    assert response.status_code == response.json()["status"] == 406


def test_what_will_pass_is_logged_in_one_line(client, monkeypatch, caplog):
    error = OperationalError("the server\nwent away")
    monkeypatch.setattr("items.api.views.read_page", failing(error))
    caplog.handler.addFilter(RequestLogFilter())

    client.get("/items/")
    client.get("/items/", headers={"Host": "evil.example"})

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    for record in caplog.records:
        assert record.exc_info is None
        assert "\n" not in record.getMessage()
    assert "went away" in caplog.text


def test_a_form_with_a_large_file_is_refused(client):
    file = SimpleUploadedFile("x", b"x" * 2_700_000)

    assert client.post("/accounts/login/", {"file": file}).status_code == 413
