"""Names from right to left in titles, messages and labels."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from pytest_django.asserts import assertContains

from items.models import Item
from items.views.bidi import isolate

HTML = {"Accept": "text/html"}
SHALOM = 'שלום "!'


@pytest.mark.parametrize("name", ["Café 3/8", "Οδηγός", "書", "<b>", "a\u200db", "😀"])
def test_most_names_stay_as_they_are(name):
    assert isolate(name) == name


@pytest.mark.parametrize(
    ("name", "isolated"),
    [
        pytest.param(SHALOM, f"\u2068{SHALOM}\u2069", id="Hebrew"),
        pytest.param("شمس 3", "\u2068شمس 3\u2069", id="Arabic"),
        pytest.param("٣", "\u2068٣\u2069", id="Arabic digit"),
        pytest.param("a\u202eb", "\u2068a\u202eb\u2069", id="override that is not ended"),
        pytest.param("a\u2067b", "\u2068a\u2067b\u2069\u2069", id="isolate that is not ended"),
        pytest.param("a\u2069b", "\u2068\u2068a\u2069b\u2069", id="end of no isolate"),
        pytest.param("a\u2066b\u2069", "\u2068a\u2066b\u2069\u2069", id="whole isolate"),
    ],
)
def test_a_name_that_could_reorder_others_is_isolated(name, isolated):
    assert isolate(name) == isolated


@pytest.mark.django_db
def test_titles_messages_and_labels_isolate_it(client):
    item = Item.objects.create(name="Lamp")
    version = {"version": item.version}
    client.post(f"/items/{item.pk}/edit/", {"name": "<שלום>", **version})
    saved = client.get(f"/items/{item.pk}/", headers=HTML)
    deletion = client.get(f"/items/{item.pk}/delete/")
    found = client.get("/items/?q=<שלום>", headers=HTML)

    assertContains(saved, "Saved “\u2068&lt;שלום&gt;\u2069”.")
    assertContains(saved, "<title>\u2068&lt;שלום&gt;\u2069 · itemsite</title>")
    assertContains(deletion, "<title>Delete “\u2068&lt;שלום&gt;\u2069” · itemsite</title>")
    assertContains(found, "<title>\u2068&lt;שלום&gt;\u2069 · Items · itemsite</title>")


@pytest.mark.django_db
def test_the_label_of_a_button_isolates_it(client):
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    page = client.post("/accounts/keys/", {"name": SHALOM, "expires": "never"})

    name = SHALOM.replace('"', "&quot;")
    assertContains(page, f'aria-label="Revoke \u2068{name}\u2069"')


@pytest.mark.django_db
def test_scripts_and_lines_to_copy_get_the_name_alone(client):
    Item.objects.create(name=SHALOM)
    page = client.get("/items/?q=שלום", headers=HTML)

    assert client.get("/items/").json()[0]["name"] == SHALOM
    assertContains(page, f"/items/?q={quote('שלום')}&amp;")
