"""The theme: chosen in the footer, kept in a cookie, written into every page."""

import pytest
from django.conf import settings
from pytest_django.asserts import assertContains, assertRedirects

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def test_the_choice_is_kept_and_shown_on_every_page(client):
    referer = "http://testserver/items/?q=book"

    chosen = client.post("/theme/", {"theme": "dark"}, headers={"Referer": referer})

    assertRedirects(chosen, referer, fetch_redirect_response=False)
    for path, status in [("/items/", 200), ("/docs/", 200), ("/no/such/page/", 404)]:
        page = client.get(path, headers=HTML)
        assertContains(page, 'data-theme="dark"', status_code=status)
        assertContains(page, 'value="dark" aria-pressed="true"', status_code=status)
        assert "Cookie" in page["Vary"]


def test_the_admin_wears_it_too(client):
    client.post("/theme/", {"theme": "dark"})

    page = client.get("/admin/login/")

    assertContains(page, "theme-dark")
    assertContains(page, 'value="dark" aria-pressed="true"')
    assertContains(page, '<a href="/items/">To the list</a>', html=True)


def test_system_forgets_the_choice(client):
    client.post("/theme/", {"theme": "light"})

    client.post("/theme/", {"theme": "system"})

    assert client.cookies[settings.THEME_COOKIE_NAME].value == ""
    assertContains(client.get("/docs/"), 'data-theme="system"')


def test_a_cookie_of_another_hand_is_no_theme(client):
    client.cookies[settings.THEME_COOKIE_NAME] = '"><script>'

    assertContains(client.get("/docs/"), 'data-theme="system"')


@pytest.mark.parametrize(
    ("path", "choice"), [("/theme/", {"theme": "dark"}), ("/language/", {"language": "de"})]
)
def test_leads_back_where_a_proxy_changes_the_host(client, settings, path, choice):
    settings.SITE_URL = "https://items.example.org"
    referer = "https://items.example.org/items/?q=book"

    chosen = client.post(path, choice, headers={"Referer": referer})

    assert chosen["Location"] == referer


@pytest.mark.parametrize(
    "referer",
    ["", "https://evil.example/", "//evil.example/", "http://[", "docs", "foo", "?q=1", ".."],
)
def test_leads_to_no_other_site(client, referer):
    response = client.post("/theme/", {"theme": "dark"}, headers={"Referer": referer})

    assert response["Location"] == "/items/"


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        pytest.param("dark", {"Sec-Fetch-Site": "cross-site"}, 403, id="from another site"),
        pytest.param("dark", {"Sec-Fetch-Site": "same-site"}, 403, id="from a neighbour"),
        pytest.param("dark", {"Sec-Fetch-Site": "same-origin"}, 302, id="from a page"),
        pytest.param("pink", {}, 400, id="unknown"),
    ],
)
def test_only_our_pages_choose_a_known_theme(client, sent, headers, status):
    response = client.post("/theme/", {"theme": sent}, headers=HTML | headers)

    assert response.status_code == status
    assert (settings.THEME_COOKIE_NAME in response.cookies) == (status == 302)


def test_visiting_the_list_sets_no_cookie(client):
    assert not client.get("/items/", headers=HTML).cookies


@pytest.mark.parametrize("address", ["/theme/", "/language/"])
def test_who_opens_a_switch_as_a_page_is_told(client, address):
    response = client.get(address, headers={"Accept": "text/html"})

    assertContains(response, "This address only accepts POST.", status_code=405)
    assert response["Allow"] == "POST"
