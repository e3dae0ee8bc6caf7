"""The page of one's own account: who one is, what one may do, another password."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from itemsite.accounts.sign_in import OF_ACCOUNT
from itemsite.tests.accounts.test_sign_in import RIGHT, signed_in

pytestmark = pytest.mark.django_db
OTHER = "battery staple"
CHANGE = {"old_password": RIGHT, "new_password1": OTHER, "new_password2": OTHER}


@pytest.fixture(autouse=True)
def _no_visitors(settings):
    settings.VISITORS_MAY = []


@pytest.fixture
def ada():
    return User.objects.create_user("ada", password=RIGHT)


def test_says_who_one_is_and_what_one_may_do(ada):
    ada.groups.add(Group.objects.get(name="Editors"))

    page = signed_in(ada).get("/accounts/")

    for told in ("ada", "Editors", "Add items", "Delete items", "/accounts/password/"):
        assertContains(page, told)
    for not_theirs in ("Invite", "Open the admin", "ask an administrator"):
        assertNotContains(page, not_theirs)


def test_an_account_without_a_group_reads_what_it_lacks(ada):
    page = signed_in(ada).get("/accounts/")

    assertContains(page, "Nothing yet.")
    assertContains(page, "You are in no group yet. To do more, ask an administrator to put you")


def test_an_administrator_is_led_on():
    page = signed_in(User.objects.create_superuser("root")).get("/accounts/")

    assertContains(page, 'href="/accounts/invite/"')
    assertContains(page, 'href="/admin/auth/user/"')
    assertContains(page, '<a class="who" href="/accounts/" title="Your account">')


def test_another_password_ends_the_other_sessions_and_keeps_this_one(ada):
    here, there = signed_in(ada), signed_in(ada)

    changed = here.post("/accounts/password/", CHANGE)

    assertRedirects(changed, "/accounts/", fetch_redirect_response=False)
    assertContains(here.get("/accounts/"), "Password changed.")
    assertRedirects(there.get("/accounts/"), "/accounts/login/?next=/accounts/")
    assert User.objects.get().check_password(OTHER)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"old_password": "wrong"}, "was entered incorrectly", id="wrong old one"),
        pytest.param({"new_password2": "x"}, "match", id="two different ones"),
        pytest.param({"new_password1": "short", "new_password2": "short"}, "short", id="short"),
    ],
)
def test_refuses(ada, fields, told):
    page = signed_in(ada).post("/accounts/password/", CHANGE | fields)

    assertContains(page, told, status_code=422)
    assertContains(page, "<title>Error: Change your password", status_code=422)
    assert User.objects.get().check_password(RIGHT)


def test_the_old_password_cannot_be_guessed_for_long(ada):
    client = signed_in(ada)

    guesses = [
        client.post("/accounts/password/", CHANGE | {"old_password": str(number)}).status_code
        for number in range(OF_ACCOUNT.events + 1)
    ]

    assert guesses == [422] * OF_ACCOUNT.events + [429]


def test_an_old_form_does_not_become_a_sign_in(ada):
    client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    client.force_login(ada)

    refused = client.post("/accounts/password/", CHANGE)

    assertContains(refused, "reload the page", status_code=403)
    assertNotContains(refused, "Sign in</button>", status_code=403)
