"""Links to choose a password: who gets one, and that it is valid once, for a week."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from itemsite.accounts.links import WRONG_LINKS
from itemsite.tests.accounts.test_sign_in import RIGHT, signed_in

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
PASSWORDS = {"new_password1": RIGHT, "new_password2": RIGHT}
ADA = {"username": "ada", "email": "ada@example.org"}
USED = "This link does not work any more"


@pytest.fixture
def boss():
    return signed_in(User.objects.create_superuser("boss", password=RIGHT))


def link_in(text):
    return re.search(r"http://testserver(/accounts/link/\w+/[\w-]+/)", text)[1]


def invited(boss, **fields):
    group = Group.objects.get(name="Editors").pk
    return link_in(boss.post("/accounts/invite/", ADA | {"group": group} | fields).text)


def opened(link, **options):
    """Return a browser that followed a link, and the address of the form."""
    client = Client(headers=HTML, **options)
    return client, client.get(link)["Location"]


def test_an_invited_person_chooses_a_password_and_is_signed_in(boss):
    shown = boss.post("/accounts/invite/", ADA | {"group": Group.objects.get(name="Editors").pk})
    client, form = opened(link_in(shown.text))
    chosen = client.post(form, PASSWORDS, follow=True)

    ada = User.objects.get(username="ada")
    assert shown["Cache-Control"] == "no-store"
    assertContains(shown, "ada is invited")
    assertRedirects(chosen, "/accounts/")
    assertContains(chosen, "Your password is saved, and you are signed in.")
    assertContains(chosen, "Editors")
    assertContains(client.get("/items/new/"), "New item")
    assert ada.check_password(RIGHT)


def test_the_page_leaks_no_link(boss):
    client, form = opened(invited(boss))

    page = client.get(form)

    assert form.endswith("/set-password/")
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_a_link_is_valid_once(boss):
    link = invited(boss)
    (first, form), (second, _) = opened(link), opened(link)
    first.post(form, PASSWORDS)
    password = User.objects.get(username="ada").password

    later = second.post(form, PASSWORDS)

    for page in (later, second.get(link), first.get(link)):
        assertContains(page, USED, status_code=410)
        assertContains(page, "ask an administrator for a new link", status_code=410)
    assert User.objects.get(username="ada").password == password


def test_of_two_at_the_same_moment_one_is_saved(boss, monkeypatch):
    link = invited(boss)
    (first, form), (second, _) = opened(link), opened(link)
    set_password, answers = User.set_password, []

    def slow_hash(user, password):
        monkeypatch.setattr(User, "set_password", set_password)
        answers.append(second.post(form, PASSWORDS).status_code)
        set_password(user, password)

    monkeypatch.setattr(User, "set_password", slow_hash)
    late = first.post(form, {"new_password1": "battery staple", "new_password2": "battery staple"})

    assert answers == [302]
    assertContains(late, USED, status_code=410)
    assert User.objects.get(username="ada").check_password(RIGHT)


@pytest.mark.parametrize(("days", "status"), [(6.9, 302), (7.1, 410)])
def test_a_link_is_valid_for_a_week(boss, monkeypatch, days, status):
    link = invited(boss)
    later = datetime.now() + timedelta(days=days)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)

    assert Client(headers=HTML).get(link).status_code == status


@pytest.mark.parametrize(
    "address", ["MQ/x-y/", "MQ/set-password/", "@/x/", "OTk5/abcdef-0123456789/", "MQ/%00/"]
)
def test_what_is_no_link_is_told(client, boss, address):
    answer = client.get(f"/accounts/link/{address}", headers=HTML)

    assertContains(answer, USED, status_code=410)


def test_wrong_links_are_limited_and_right_ones_are_not(client, boss):
    link = invited(boss)
    statuses = [client.get("/accounts/link/MQ/x-y/").status_code for _ in range(51)]

    assert statuses == [410] * WRONG_LINKS.events + [429]
    assert client.get(link).status_code == 302


def test_an_inactive_account_has_no_link(boss):
    link = invited(boss)
    User.objects.filter(username="ada").update(is_active=False)

    again = boss.post(f"/accounts/invite/{User.objects.get(username='ada').pk}/")

    assert Client(headers=HTML).get(link).status_code == 410
    assertContains(again, "Make it active in the admin first", status_code=409)


def test_an_administrator_gives_a_new_link(boss):
    first = invited(boss)
    ada = User.objects.get(username="ada")
    waiting = boss.get("/accounts/invite/")
    second = link_in(boss.post(f"/accounts/invite/{ada.pk}/").text)
    client, form = opened(second)
    client.post(form, PASSWORDS)
    boss.post(f"/accounts/invite/{ada.pk}/")
    worked = Client(headers=HTML).post("/accounts/login/", ADA | {"password": RIGHT}).status_code

    assertContains(waiting, f'href="/accounts/invite/{ada.pk}/"')
    assert client.get(first).status_code == 410
    assertNotContains(boss.get("/accounts/invite/"), f'href="/accounts/invite/{ada.pk}/"')
    assert worked == 302


def test_the_admin_leads_here(boss):
    pk = User.objects.get(username="boss").pk

    assertContains(boss.get("/admin/auth/user/"), 'href="/accounts/invite/"')
    assertContains(boss.get(f"/admin/auth/user/{pk}/change/"), f'href="/accounts/invite/{pk}/"')


def test_only_a_superuser_makes_a_link_for_a_superuser(boss):
    clerk = User.objects.create_user("clerk")
    codenames = ["add_user", "change_user"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    root, pk = User.objects.get(username="boss").pk, User.objects.create_user("ada").pk
    client = signed_in(clerk)

    assert client.get("/accounts/invite/").status_code == 200
    assert client.post(f"/accounts/invite/{pk}/").status_code == 200
    assertContains(client.post(f"/accounts/invite/{root}/"), "Only a superuser", status_code=403)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"username": "BOSS"}, "already exists", id="taken, in another case"),
        pytest.param({"username": ""}, "This field is required", id="no name"),
        pytest.param({"username": "a b"}, "Enter a valid username", id="a space"),
        pytest.param({"email": "x"}, "Enter a valid email address", id="no address"),
        pytest.param({"group": "99999999999"}, "Select a valid choice", id="no group"),
    ],
)
def test_refuses(boss, fields, told):
    page = boss.post("/accounts/invite/", ADA | fields)

    assertContains(page, told, status_code=422)
    assert User.objects.count() == 1
