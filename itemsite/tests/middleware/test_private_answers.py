"""What is for one account is kept by no cache, and is not shown after it signed out."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.asserts import assertRedirects

from items.models import ApiKey, Item
from itemsite.tests.accounts.test_sign_in import signed_in

pytestmark = pytest.mark.django_db
PRIVATE = "private, no-cache"


@pytest.fixture
def root():
    return User.objects.create_superuser("root")


@pytest.mark.parametrize(
    "path",
    [
        "/items/",
        "/items/{id}/",
        "/items/new/",
        "/changes/",
        "/docs/",
        "/accounts/",
        "/nowhere/",
        "/",
    ],
)
def test_pages_of_an_account_are_private(root, path):
    item = Item.objects.create(name="Book")

    response = signed_in(root).get(path.format(id=item.pk))

    assert response["Cache-Control"] == PRIVATE


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_json_for_a_key_is_private(client, root, header):
    secret = ApiKey(user=root, name="script").issue()
    value = f"Bearer {secret}" if header == "Authorization" else secret

    answers = [
        client.get("/items/", headers={header: value}),
        client.post("/items/", '{"name": "x"}', "application/json", headers={header: value}),
    ]

    assert [answer.get("Cache-Control") for answer in answers] == [PRIVATE] * 2


def test_answers_for_everybody_and_those_that_say_more_stay_as_they_are(client, root):
    signed = signed_in(root)

    assert client.get("/items/")["Cache-Control"] == "no-cache"
    assert "Cache-Control" not in client.get("/docs/", headers={"Accept": "text/html"})
    assert signed.get("/items.csv")["Cache-Control"] == "no-store"
    assert "no-store" in signed.get("/admin/")["Cache-Control"]
    assert signed.get("/openapi.json")["Cache-Control"] == "max-age=300"


@pytest.mark.parametrize("door", ["/accounts/logout/", "/admin/logout/"])
def test_signing_out_clears_the_cache(root, door):
    client = signed_in(root)
    page = client.get("/items/")
    left = client.post(door)

    assert "Clear-Site-Data" not in page
    assert left["Clear-Site-Data"] == '"cache"'


def test_a_session_that_ended_elsewhere_clears_the_cache_too(root):
    client = signed_in(root)
    root.set_password("another one")
    root.save()

    asked = client.get("/accounts/")

    assertRedirects(asked, "/accounts/login/?next=/accounts/", fetch_redirect_response=False)
    assert asked["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in Client().get("/accounts/")
