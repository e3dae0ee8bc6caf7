"""VISITORS_MAY and Django's permissions decide, at both doors."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from pytest_django.asserts import assertContains, assertRedirects

from items.models import Item

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}

PAGES = [
    ("view", "/items/"),
    ("view", "/items/{id}/"),
    ("add", "/items/new/"),
    ("change", "/items/{id}/edit/"),
    ("delete", "/items/{id}/delete/"),
]
CALLS = [
    ("view", "GET", "/items/"),
    ("view", "HEAD", "/items/"),
    ("view", "GET", "/items/{id}/"),
    ("add", "POST", "/items/"),
    ("change", "PUT", "/items/{id}/"),
    ("change", "PATCH", "/items/{id}/"),
    ("delete", "DELETE", "/items/{id}/"),
]


@pytest.fixture
def item(db):
    return Item.objects.create(name="Book")


@pytest.mark.parametrize(("action", "path"), PAGES)
def test_strangers_are_asked_to_sign_in(client, item, no_visitors, action, path):
    path = path.format(id=item.id)

    response = client.get(path, headers=HTML)

    assertRedirects(response, f"/accounts/login/?next={path}")


@pytest.mark.parametrize(("action", "path"), PAGES)
def test_visitors_may_what_the_setting_names(client, item, settings, action, path):
    settings.VISITORS_MAY = [action]

    assert client.get(path.format(id=item.id), headers=HTML).status_code == 200


@pytest.mark.parametrize(("action", "path"), PAGES)
def test_an_account_without_the_right_is_told_so(client, item, no_visitors, action, path):
    client.force_login(User.objects.create_user("reader"))

    response = client.get(path.format(id=item.id), headers=HTML)

    assertContains(response, "Your account does not have permission", status_code=403)


@pytest.mark.parametrize(
    ("group", "allowed"), [("Readers", {"view"}), ("Editors", {"view", "add", "change", "delete"})]
)
def test_groups_grant(client, item, no_visitors, group, allowed):
    user = User.objects.create_user("someone")
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    opened = {
        action
        for action, path in PAGES
        if client.get(path.format(id=item.id), headers=HTML).status_code == 200
    }

    assert opened == allowed


@pytest.mark.parametrize(("action", "method", "path"), CALLS)
def test_scripts_are_visitors(client, item, settings, action, method, path):
    path = path.format(id=item.id)
    settings.VISITORS_MAY = []
    refused = client.generic(method, path, '{"name": "x"}', "application/json")
    settings.VISITORS_MAY = [action]
    allowed = client.generic(method, path, '{"name": "x"}', "application/json")

    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert allowed.status_code in (200, 201, 204)


def test_json_never_looks_at_the_session(client, item, no_visitors):
    client.force_login(User.objects.create_superuser("root"))

    response = client.post("/items/", '{"name": "x"}', "application/json")

    assert response.status_code == 401


def test_the_floor_is_for_everyone(settings, django_user_model):
    settings.VISITORS_MAY = ["add"]
    user = User.objects.create_user("someone")

    assert AnonymousUser().has_perm("items.add_item")
    assert user.has_perm("items.add_item")
    assert not user.has_perm("items.change_item")
    assert not user.has_perm("auth.add_user")


@pytest.mark.parametrize(
    ("visitors_may", "shown"), [(["view"], False), ([], False), (["view", "add"], True)]
)
def test_a_banner_warns_while_the_list_is_open(client, settings, visitors_may, shown):
    settings.VISITORS_MAY = visitors_may

    response = client.get("/accounts/login/", headers=HTML)

    assert (b"This list is open" in response.content) is shown


def test_buttons_are_shown_to_those_who_may(client, item, settings):
    settings.VISITORS_MAY = ["view"]

    pages = client.get("/items/", headers=HTML), client.get(f"/items/{item.id}/", headers=HTML)

    for page in pages:
        assert b"/new/" not in page.content
        assert b"/edit/" not in page.content
        assert b"/delete/" not in page.content


def test_signs_in_and_out(client, no_visitors):
    User.objects.create_superuser("admin", password="correct horse battery")

    wrong = client.post("/accounts/login/", {"username": "admin", "password": "x"}, headers=HTML)
    right = client.post(
        "/accounts/login/?next=/items/new/",
        {"username": "admin", "password": "correct horse battery", "next": "/items/new/"},
        headers=HTML,
    )
    page = client.get("/items/new/", headers=HTML)
    out = client.post("/accounts/logout/")

    assert wrong.status_code == 422
    assertRedirects(right, "/items/new/", fetch_redirect_response=False)
    assertContains(page, "Sign out")
    assertRedirects(out, "/items/", fetch_redirect_response=False)
    assertRedirects(client.get("/items/", headers=HTML), "/accounts/login/?next=/items/")


def test_a_very_long_search_is_not_repeated_in_the_way_to_sign_in(client, no_visitors):
    search = "/items/?q=" + "%F0%9F%98%80" * 200

    location = client.get(search, headers=HTML)["Location"]

    assert location == "/accounts/login/?next=/items/"
