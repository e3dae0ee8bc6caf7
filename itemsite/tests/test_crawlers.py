"""/robots.txt, /favicon.ico, and the name that a team gives its list."""

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from pytest_django.asserts import assertContains, assertNotContains

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("visitors_may", "rule"), [([], "Disallow: /\n"), (["view"], "Disallow: /admin/\n")]
)
def test_a_private_list_is_not_searched(client, settings, visitors_may, rule):
    settings.VISITORS_MAY = visitors_may

    robots = client.get("/robots.txt")

    assert robots["Content-Type"] == "text/plain; charset=utf-8"
    assert robots.text.endswith("User-agent: *\n" + rule)


def test_the_icon_is_one(client):
    moved = client.get("/favicon.ico")

    with open(finders.find(moved["Location"].removeprefix("/static/")), "rb") as icon:
        assert icon.read(6) == b"\0\0\1\0\3\0"  # an icon in three sizes


@pytest.mark.parametrize("path", ["/items/", "/nowhere/", "/accounts/login/"])
def test_pages_have_the_name_of_the_list(client, settings, path):
    settings.SITE_NAME = "Tools & <things>"

    page = client.get(path, headers=HTML)

    assertContains(page, "· Tools &amp; &lt;things&gt;</title>", status_code=page.status_code)
    assertContains(page, 'height="24">Tools &amp; &lt;things&gt;</a>', status_code=page.status_code)


@pytest.mark.parametrize(
    ("host", "is_staff", "is_named"),
    [
        ("items.example.org", False, False),
        ("items.example.org", True, True),
        ("127.0.0.1:8000", False, True),
        ("localhost", False, True),
    ],
)
def test_the_banner_names_the_setting_to_those_who_can_change_it(
    client, settings, host, is_staff, is_named
):
    settings.ALLOWED_HOSTS = ["*"]
    if is_staff:
        client.force_login(User.objects.create_user("clerk", is_staff=True))

    page = client.get("/items/", headers=HTML | {"Host": host})

    assertContains(page, "everyone who can open this page can change it, without signing in.")
    (assertContains if is_named else assertNotContains)(page, "VISITORS_MAY")


def test_visitors_who_only_see_are_told_what_a_sign_in_is_for(client, settings):
    settings.VISITORS_MAY = ["view"]

    assertContains(client.get("/items/", headers=HTML), "Sign in to make changes</a>")
