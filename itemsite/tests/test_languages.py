"""People read their language; scripts always English."""

import pytest
from pytest_django.asserts import assertContains

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
GERMAN = HTML | {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_people_choose_and_come_back(client):
    referer = "http://testserver/items/?q=pen"

    chosen = client.post("/language/", {"language": "de"}, headers={"Referer": referer})

    assert chosen["Location"] == referer
    assert client.cookies["language"]["httponly"]
    assert client.cookies["language"]["samesite"] == "Lax"
    page = client.get("/items/", headers=HTML)
    assert page["Content-Language"] == "de"
    assertContains(page, '<html lang="de"')
    assertContains(page, 'value="de" lang="de" aria-pressed="true">Deutsch</button>')


def test_leads_to_no_other_site(client):
    elsewhere = "https://example.com/"

    response = client.post(
        "/language/", {"language": "de", "next": elsewhere}, headers={"Referer": elsewhere}
    )

    assert response["Location"] == "/"


@pytest.mark.parametrize(
    ("language", "headers", "status"),
    [
        pytest.param("de", {"Sec-Fetch-Site": "cross-site"}, 403, id="from another site"),
        pytest.param("tlh", {"Sec-Fetch-Site": "same-origin"}, 302, id="unknown"),
    ],
)
def test_sets_no_cookie(client, language, headers, status):
    response = client.post("/language/", {"language": language}, headers=headers)

    assert response.status_code == status
    assert not response.cookies


@pytest.mark.parametrize("path", ["/items/", "/items/new/", "/docs/", "/no/such/page/", "/admin/"])
def test_caches_are_told(client, path):
    response = client.get(path, headers=GERMAN)

    assert response["Content-Language"] == "de"
    assert "Accept-Language" in response["Vary"]
