"""People read their language; scripts always English."""

import pytest
from django.conf import settings
from pytest_django.asserts import assertContains

from items.models import Item

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
GERMAN = HTML | {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
BLANK = '{"name": ""}'


def test_the_list_in_german(client):
    Item.objects.create(name="Buch", updated_at="2026-03-22T21:52:00Z")

    response = client.get("/items/", headers=GERMAN)

    assertContains(response, "<h1>Einträge</h1>", html=True)
    assertContains(response, "1 Eintrag<")
    time = '<time datetime="2026-03-22T21:52:00+00:00">22. März 2026, 21:52</time>'
    assertContains(response, time, html=True)
    assertContains(client.get("/items/", headers=HTML), ">22 Mar 2026, 21:52<")


def test_numbers_in_german(client):
    Item.objects.bulk_create(Item(name="Stift") for _ in range(1001))

    assertContains(client.get("/items/", headers=GERMAN), "1.001 Einträge")
    assertContains(client.get("/items/", headers=HTML), "1,001 items")
    assertContains(client.get("/items/new/", headers=GERMAN), "Bis zu 10.000 Zeichen")


def test_a_form_error_in_german(client):
    response = client.post("/items/new/", {"name": " "}, headers=GERMAN)

    assertContains(response, "Dieses Feld ist zwingend erforderlich.", status_code=422)


def test_an_error_before_any_page_in_german(client):
    response = client.get("/items/", headers=GERMAN | {"Host": "elsewhere.example"})

    assertContains(response, "Dieser Hostname ist nicht erlaubt", status_code=400)
    assertContains(response, '<html lang="de"', status_code=400)


def test_the_admins_javascript_in_german(admin_client):
    response = admin_client.get("/admin/jsi18n/", headers=GERMAN | {"Accept": "*/*"})

    assertContains(response, "von %(cnt)s ausgew")


def test_scripts_are_answered_in_english(client):
    """Also after a page in German, and at addresses that are only people's."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert client.get("/items/", headers=GERMAN)["Content-Language"] == "de"

    german = {"Accept-Language": "de"}
    told = [
        client.post("/items/", BLANK, "application/json", headers=german),
        client.get("/items/7/", headers=german),
        client.get("/nothing/", headers=german),
    ]

    assert [response.json()["detail"] for response in told] == [
        "Some fields are wrong. They are listed in errors.",
        "There is no item 7.",
        "There is nothing at this address. See /docs/ for all addresses.",
    ]
    assert told[0].json()["errors"][0]["detail"] == "This field is required."


def test_people_choose_and_come_back(client):
    referer = "http://testserver/items/?q=pen"

    chosen = client.post("/language/", {"language": "de"}, headers={"Referer": referer})

    assert chosen["Location"] == referer
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME]["samesite"] == "Lax"
    page = client.get("/items/", headers=HTML)
    assert page["Content-Language"] == "de"
    assertContains(page, '<html lang="de"')
    assertContains(page, 'value="de" lang="de" aria-pressed="true">Deutsch</button>')


def test_leads_to_no_other_site(client):
    elsewhere = "https://example.com/"

    response = client.post(
        "/language/", {"language": "de", "next": elsewhere}, headers={"Referer": elsewhere}
    )

    assert response["Location"] == "/items/"


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
