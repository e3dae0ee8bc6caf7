"""A key is in no log, no error report and no dump."""

import io
import logging

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils.log import AdminEmailHandler
from django.views.debug import ExceptionReporter

from items.models import ApiKey, api_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def user():
    return User.objects.create_superuser("ada")


@pytest.fixture
def secret(user):
    return ApiKey(user=user, name="script").issue()


@pytest.fixture
def reports(settings, mailoutbox):
    """Return a function that gives what Django mails to ADMINS: all it knows about an error."""
    settings.ADMINS = [("Ada", "ada@example.org")]
    logger, handler = logging.getLogger("django.request"), AdminEmailHandler(include_html=True)
    logger.addHandler(handler)
    yield lambda: [
        text for mail in mailoutbox for text in (mail.subject, mail.body, mail.alternatives[0][0])
    ]
    logger.removeHandler(handler)


@pytest.fixture
def log(caplog):
    """Return a function that gives all that was logged, from DEBUG on."""
    logger, level = logging.getLogger("django"), logging.getLogger("django").level
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.DEBUG)
    yield lambda: "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    logger.setLevel(level)
    logger.removeHandler(caplog.handler)


def fail(*args, **kwargs):
    raise ValueError("a bug")


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("items.access.bearer.checksum", id="while it is read"),
        pytest.param("items.access.bearer.hmac.compare_digest", id="while it is looked up"),
        pytest.param("items.models.ApiKey.note_use", id="while its use is noted"),
        pytest.param("items.models.ApiKey.may", id="while rights are asked"),
        pytest.param("items.api.views.read_page", id="in the endpoint"),
    ],
)
@pytest.mark.parametrize(("header", "value"), [("Authorization", "Bearer {}"), ("X-API-Key", "{}")])
def test_an_error_report_hides_it(client, secret, monkeypatch, reports, log, place, header, value):
    monkeypatch.setattr(place, fail)

    response = client.get("/items/", headers={header: value.format(secret)})

    assert response.status_code == 500
    assert "a bug" in " ".join(reports())
    assert f"HTTP_{header.upper().replace('-', '_')}" in " ".join(reports())
    for text in [response.text, log(), *reports()]:
        assert secret not in text
        assert secret[9:40] not in text


@pytest.mark.parametrize("place", ["render", "ApiKey.save"])
def test_an_error_while_it_is_made_hides_it(client, user, monkeypatch, reports, log, place):
    made, digest = [], api_key.digest
    monkeypatch.setattr(api_key, "digest", lambda secret: made.append(secret) or digest(secret))
    monkeypatch.setattr(f"items.views.api_keys.{place}", fail)
    client.force_login(user)

    response = client.post("/accounts/keys/", {"name": "cron", "expires": "never"})

    assert response.status_code == 500
    assert "a bug" in " ".join(reports())
    for text in [response.text, log(), *reports()]:
        assert made[0] not in text
        assert made[0][9:40] not in text


def test_an_error_while_it_is_made_elsewhere_hides_it(user, monkeypatch):
    made, digest = [], api_key.digest
    monkeypatch.setattr(api_key, "digest", lambda secret: made.append(secret) or digest(secret))
    monkeypatch.setattr(ApiKey, "save", fail)

    with pytest.raises(ValueError, match="a bug") as caught:
        ApiKey(user=user, name="script").issue()

    below_here = caught.tb.tb_next
    report = ExceptionReporter(None, caught.type, caught.value, below_here).get_traceback_html()
    assert "a bug" in report
    assert made[0] not in report


def test_the_reports_would_show_a_key_that_nobody_hides(client, reports, monkeypatch):
    def careless(*args, **kwargs):
        secret = "".join(["items", "ite_careless"])  # in two, for a report also quotes the source
        raise ValueError(len(secret))

    monkeypatch.setattr("items.api.views.read_page", careless)

    client.get("/items/")

    assert "itemsite_careless" in " ".join(reports())


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "TRACE"])
def test_the_log_of_refused_requests_does_not_hold_it(client, secret, log, settings, method):
    settings.VISITORS_MAY = []
    ApiKey.objects.all().revoke()

    response = client.generic(method, "/items/", headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code in (401, 405)
    assert "/items/" in log()
    assert secret not in log() + response.text


def test_making_one_logs_and_keeps_nothing(client, user, log):
    client.force_login(user)

    page = client.post("/accounts/keys/", {"name": "cron", "expires": "never"})

    secret = page.context["secret"]
    assert secret in page.text
    assert secret not in log()
    assert secret not in str(dict(client.session))
    assert secret not in str(page.cookies)


def test_a_dump_holds_only_the_digest(secret):
    dump = io.StringIO()

    call_command("dumpdata", "items.ApiKey", stdout=dump)

    assert ApiKey.objects.get().digest in dump.getvalue()
    assert secret not in dump.getvalue()
    assert secret[:-4] not in dump.getvalue()
