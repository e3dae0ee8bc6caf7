import pytest
from pytest_django.asserts import assertContains

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("/items/new/", "Sign in to add items."),
        ("/items/1/edit/", "Sign in to change items."),
        ("/items/delete/?id=1", "Sign in to delete items."),
        ("/items/import/", "Sign in to import items."),
        ("/accounts/keys/", "Sign in to open your account."),
        ("/items/", None),  # visitors see it anyway
        ("/nowhere/", None),
        ("https://evil.example/items/new/", None),
        ("//[", None),
    ],
)
def test_says_what_the_sign_in_is_for(client, settings, address, why):
    settings.VISITORS_MAY = ["view"]

    page = client.get("/accounts/login/", {"next": address}, headers=HTML)

    assertContains(page, f"<p>{why}</p>" if why else "<h1>Sign in</h1>")
    assert ("<p>Sign in to" in page.text) is bool(why)
