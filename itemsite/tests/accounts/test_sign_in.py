"""Signing in: who gets a session, and for how long it is one."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from items.access import rate_limit
from items.models import Item, Tally
from items.tests.forms import form_of
from itemsite.accounts.sign_in import OF_ACCOUNT, OF_ADDRESS

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
OLD, NEW = "old-secret-" * 5, "new-secret-" * 5
KEYS = "/accounts/keys/"  # a page for whoever is signed in
DOORS = ["/accounts/login/", "/admin/login/"]
RIGHT = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody_is_over_a_limit(monkeypatch):
    monkeypatch.setattr(rate_limit, "_over_limit", {})


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss", password=RIGHT)


def sign_in(client, door=DOORS[0], name="boss", password="wrong", address="192.0.2.1", **fields):
    fields |= {"username": name, "password": password}
    return client.post(door, fields, headers=HTML, REMOTE_ADDR=address)


def fail(client, times, **options):
    return [sign_in(client, **options).status_code for _ in range(times)]


@pytest.mark.parametrize("door", DOORS)
def test_refuses_after_too_many_failures(client, boss, door):
    failed = fail(client, OF_ACCOUNT.events, door=door)
    refused = sign_in(client, door, password=RIGHT)

    assert 429 not in failed
    assertContains(refused, "Try again in 15 minutes.", status_code=429)
    assert 0 < int(refused["Retry-After"]) <= OF_ACCOUNT.seconds
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_the_log_says_who_signs_in_and_never_a_password(client, boss, caplog):
    caplog.set_level("INFO", "itemsite.accounts")

    sign_in(client, name="boss\nforged", password="a wrong one")
    sign_in(client, password=RIGHT)
    client.post("/accounts/logout/")

    assert [record.getMessage() for record in caplog.records if "accounts" in record.name] == [
        r"Failed sign-in: account 'boss\nforged' from 192.0.2.1",
        "Signed in: account 'boss' from 192.0.2.1",
        "Signed out: account 'boss' from 127.0.0.1",
    ]
    assert RIGHT not in caplog.text
    assert "a wrong one" not in caplog.text


def test_a_sign_in_deletes_sessions_that_ended(client, boss):
    now = timezone.now()
    for key, days in (("ended", -1), ("open", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))

    sign_in(client, password=RIGHT)

    keys = set(Session.objects.values_list("session_key", flat=True))
    assert keys == {"open", client.session.session_key}


def test_both_doors_count_together(client, boss):
    fail(client, OF_ACCOUNT.events, door=DOORS[1])

    assert sign_in(client, DOORS[0]).status_code == 429


def test_a_stranger_locks_nobody_out(client, boss):
    fail(client, OF_ACCOUNT.events + 1)

    elsewhere = sign_in(client, password=RIGHT, address="192.0.2.2")

    assert elsewhere.status_code == 302


@pytest.mark.parametrize("name", [" boss ", "\uff42\uff4f\uff53\uff53"])
def test_another_spelling_of_the_name_is_the_same_account(client, boss, name):
    fail(client, OF_ACCOUNT.events)

    assert sign_in(client, name=name, password=RIGHT).status_code == 429


def test_an_address_tries_only_so_many_accounts(client, boss):
    for _ in range(OF_ADDRESS.events - 1):
        rate_limit.count(OF_ADDRESS, "192.0.2.1")

    statuses = [sign_in(client, name=name).status_code for name in ("a", "b")]

    assert statuses == [422, 429]


def test_success_is_not_counted(client, boss):
    for _ in range(OF_ACCOUNT.events + 1):
        assert fail(client, 1) == [422]
        assert sign_in(Client(), password=RIGHT).status_code == 302

    assert Tally.objects.get().events == OF_ACCOUNT.events + 1  # of the address, the failures


def test_who_exists_is_not_told(client, boss, monkeypatch):
    User.objects.create_user("closed", password=RIGHT, is_active=False)
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: hashed.append(args) or encode(*args)
    )

    pages = [
        sign_in(client, name=name, password=password).text.replace(name, "NAME")
        for name, password in [("boss", "x"), ("nobody", "x"), ("closed", RIGHT), ("closed", "x")]
    ]

    assert len(set(map(_without_token, pages))) == 1
    assert len(hashed) == 4  # each took the time of one


def _without_token(page):
    return re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", page)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "https:evil.example"]
)
def test_leads_to_no_other_site(client, boss, door, target):
    response = sign_in(client, door, password=RIGHT, next=target)

    assert response.status_code == 302
    assert re.match(r"/\w", response["Location"])


def test_a_session_is_new_at_sign_in_and_ends_at_sign_out(client, boss):
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = "planted"
    sign_in(client, password=RIGHT)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = session

    assert session != planted
    assert client.get(KEYS).status_code == 302


def test_another_password_ends_the_other_sessions(boss):
    here, there = signed_in(boss), signed_in(boss)
    passwords = {"new_password1": "battery staple", "new_password2": "battery staple"}

    changed = here.post("/admin/password_change/", {"old_password": RIGHT} | passwords)

    assert changed.status_code == 302
    assert here.get(KEYS).status_code == 200
    assert there.get(KEYS).status_code == 302


@pytest.mark.parametrize("weak", ["elevenchars", "1234567890123", "administrator", "ada-lovelace"])
def test_refuses_weak_passwords(weak):
    with pytest.raises(ValidationError):
        validate_password(weak, User(username="ada-lovelace"))

    validate_password(RIGHT)


def signed_in(user):
    client = Client(headers=HTML)
    client.force_login(user)
    return client


def test_a_new_secret_signs_nobody_out_while_the_old_one_is_named(settings):
    user = User.objects.create_user("ada")
    settings.SECRET_KEY = OLD
    before, absent = signed_in(user), signed_in(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    during = signed_in(user)

    seen = before.get(KEYS).status_code
    settings.SECRET_KEY_FALLBACKS = []

    assert seen == 200
    assert before.get(KEYS).status_code == 200  # renewed by the visit
    assert during.get(KEYS).status_code == 200
    assert absent.get(KEYS).status_code == 302


@pytest.mark.parametrize("act", ["new/", "{id}/edit/"])
def test_a_session_that_ended_loses_no_text(settings, boss, act):
    settings.VISITORS_MAY = []
    item = Item.objects.create(name="Book")
    path = f"/items/{act.format(id=item.id)}"
    client = Client(enforce_csrf_checks=True, headers=HTML)
    client.force_login(boss)
    typed = form_of(client.get(path)) | {"name": "Tome", "description": "typed\r\nfor long"}
    client.session.flush()

    ended = client.post(path, typed)
    in_another_tab = form_of(client.get("/accounts/login/"))
    client.post("/accounts/login/", in_another_tab | {"username": "boss", "password": RIGHT})
    too_old = client.post(path, form_of(ended))  # signing in changed the token
    saved = client.post(path, form_of(too_old))

    assertContains(ended, "Your text is not saved yet", status_code=403)
    assertContains(ended, 'href="/accounts/login/" target="_blank"', status_code=403)
    assert "Book" not in ended.text
    assert too_old.status_code == 403
    assert saved.status_code == 302
    last = Item.objects.order_by("-id").first()
    assert (last.name, last.description) == ("Tome", "typed\nfor long")


def test_who_may_not_save_keeps_the_text(settings):
    settings.VISITORS_MAY = ["view"]
    client = signed_in(User.objects.create_user("reader"))

    refused = client.post("/items/new/", {"name": "Tome"})

    assertContains(refused, "Your account does not have permission", status_code=403)
    assertContains(refused, 'value="Tome"', status_code=403)
    assert not Item.objects.exists()


def test_a_sign_in_page_that_is_too_old_works_at_once(boss):
    client = Client(enforce_csrf_checks=True, headers=HTML)
    entered = {"username": "boss", "password": RIGHT, "next": "/items/new/"}

    too_old = client.post("/accounts/login/", entered)
    signed = client.post("/accounts/login/", form_of(too_old) | {"password": RIGHT})

    assertContains(too_old, "Send it again", status_code=403)
    assert RIGHT not in too_old.text
    assert (signed.status_code, signed["Location"]) == (302, "/items/new/")


def test_says_what_was_wrong_and_puts_the_cursor_there(client, boss):
    fresh, failed = client.get("/accounts/login/"), sign_in(client)

    assert re.findall(r"<(\w+)[^>]* autofocus", fresh.text) == ["input"]
    assert re.findall(r"<(\w+)[^>]* autofocus", failed.text) == ["div"]
    assertContains(failed, "<title>Error: Sign in", status_code=422)
