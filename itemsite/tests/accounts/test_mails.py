"""Mails with links to choose a password, where EMAIL_URL names a server."""

import pytest
from django.contrib.auth.models import User
from django.core.mail import get_connection
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from itemsite.accounts import forgotten
from itemsite.tests.accounts.test_invitations import ADA, HTML, PASSWORDS, link_in, opened
from itemsite.tests.accounts.test_sign_in import RIGHT, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return signed_in(User.objects.create_superuser("boss", password=RIGHT))


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL, settings.SITE_NAME = True, "Tools of the shop"


@pytest.fixture(autouse=True)
def threads_are_awaited(monkeypatch):
    start = forgotten.Thread.start
    monkeypatch.setattr(forgotten.Thread, "start", lambda thread: (start(thread), thread.join()))


def test_an_invitation_is_mailed(boss, sends_mail, mailoutbox):
    shown = boss.post("/accounts/invite/", ADA)

    (mail,) = mailoutbox
    assertContains(shown, "It was also mailed to ada@example.org.")
    assert (mail.subject, mail.to) == ("Tools of the shop: choose a password", ["ada@example.org"])
    assert link_in(mail.body) == link_in(shown.text)


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), UnicodeEncodeError("ascii", "ü", 0, 1, "not in range")],
    ids=["no server", "a password that is not ASCII"],
)
def test_a_mail_server_that_fails_loses_no_invitation(boss, sends_mail, monkeypatch, error):
    def fail(*args):
        raise error

    monkeypatch.setattr(type(get_connection()), "send_messages", fail)

    shown = boss.post("/accounts/invite/", ADA)

    assertContains(shown, "The mail could not be sent")
    assert link_in(shown.text)


def test_a_forgotten_password_is_replaced_by_mail(client, sends_mail, mailoutbox):
    User.objects.create_user(**ADA, password="forgotten-words")
    there = client.get("/accounts/login/", headers=HTML)
    asked = client.post("/accounts/forgotten/", {"email": "ADA@example.org"}, headers=HTML)
    browser, form = opened(link_in(mailoutbox[0].body))
    browser.post(form, PASSWORDS)

    assertContains(there, 'href="/accounts/forgotten/"')
    assertRedirects(asked, "/accounts/login/", fetch_redirect_response=False)
    assert User.objects.get().check_password(RIGHT)


def test_a_mail_is_in_the_language_of_its_page(client, sends_mail, mailoutbox):
    User.objects.create_user(**ADA, password=RIGHT)

    german = HTML | {"Accept-Language": "de"}
    client.post("/accounts/forgotten/", {"email": ADA["email"]}, headers=german)

    assert mailoutbox[0].subject == "Tools of the shop: Passwort wählen"


def test_who_has_an_account_is_not_told(client, sends_mail, mailoutbox):
    User.objects.create_user(**ADA, password=RIGHT)

    told = [
        client.post("/accounts/forgotten/", {"email": email}, headers=HTML, follow=True).text
        for email in (ADA["email"], "nobody@example.org")
    ]

    assert len(mailoutbox) == 1
    assert all("a link is on its way there" in page for page in told)


def test_nobody_fills_a_mailbox(client, sends_mail, mailoutbox):
    User.objects.create_user(**ADA, password=RIGHT)

    statuses = [
        client.post("/accounts/forgotten/", {"email": ADA["email"]}, headers=HTML).status_code
        for _ in range(forgotten.TO_ADDRESS.events + 1)
    ]

    assert statuses == [302, 302, 302, 429]
    assert len(mailoutbox) == forgotten.TO_ADDRESS.events


def test_without_a_mail_server_nothing_is_promised(client):
    page = client.get("/accounts/login/", headers=HTML)

    assertContains(page, "An administrator can give you a link")
    assertNotContains(page, "/accounts/forgotten/")
    assertContains(
        client.get("/accounts/forgotten/", headers=HTML), "sends no mails", status_code=404
    )
