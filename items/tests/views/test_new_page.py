import re

import pytest
from django.conf import settings
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from items.models import Item
from items.models.item import OPTIONAL
from items.tests.bad_input import BAD_FIELDS, GOOD_NAMES
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db


def test_adds_an_item(client):
    response = client.post("/items/new/", {"name": " Book ", "description": "A cool book"})

    item = Item.objects.get()
    assert (item.name, item.description, item.version) == ("Book", "A cool book", 1)
    assertRedirects(response, f"/items/{item.id}/", fetch_redirect_response=False)
    assertContains(client.get("/items/", headers={"Accept": "text/html"}), "Added “Book”.")


def test_shows_an_empty_form(client):
    response = client.get("/items/new/")

    assertContains(response, '<label for="id_name">Name</label>', html=True)
    assertContains(response, "(optional)", count=len(OPTIONAL))


@pytest.mark.parametrize("name", ["Book", "x" * 500, " <b>\n\t\u202e", ""], ids=repr)
def test_shows_a_name_of_the_address_as_it_is(client, name):
    response = client.get("/items/new/", {"name": name, "x": "1"})

    assert form_of(response)["name"] == name
    assert response.status_code == 200
    assert not Item.objects.exists()


def test_the_fields_do_not_cut_what_is_pasted(client):
    response = client.get("/items/new/")

    assert b"maxlength" not in response.content


@pytest.mark.parametrize(("fields", "field", "code"), BAD_FIELDS)
def test_refuses(client, fields, field, code):
    response = client.post("/items/new/", fields)

    assertContains(response, f'id="id_{field}_error"', status_code=422)
    assertContains(
        response, f'aria-describedby="id_{field}_helptext id_{field}_error"', status_code=422
    )
    assertContains(response, f'<a href="#id_{field}">', status_code=422)
    assertContains(response, "<title>Error: New item", status_code=422)
    assert not Item.objects.exists()


def test_keeps_what_was_typed(client):
    response = client.post("/items/new/", {"name": "", "description": "typed <for> long"})

    assertContains(response, "typed &lt;for&gt; long</textarea>", status_code=422)


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_takes(client, name):
    client.post("/items/new/", {"name": name})

    assert Item.objects.get().name == name


def test_keeps_line_ends_as_typed(client):
    client.post("/items/new/", {"name": "x", "description": "  one\r\n\ttwo\r\n"})

    assert Item.objects.get().description == "  one\n\ttwo\n"


def test_writes_once_and_looks_for_similar_names(client, django_assert_num_queries):
    # The savepoints of the test's transaction are five, who writes is one, the link to undo two.
    with django_assert_num_queries(1 + 2 + 1 + 2 + 5):
        client.post("/items/new/", {"name": "Book"})


def buttons(page):
    form = page.text.partition("</main>")[0]
    return re.findall(r'<button class="button[^>]*>([^<]+)<', form)


def test_adds_one_after_the_other(client):
    response = client.post("/items/new/", {"name": "<Book>", "another": ""}, follow=True)

    item = Item.objects.get()
    assertRedirects(response, "/items/new/?another=")
    assertContains(response, f'Added “<a href="/items/{item.id}/">&lt;Book&gt;</a>”.')
    assertContains(response, "autofocus", count=1)
    assert re.search('<input[^>]* name="name"[^>]* autofocus', response.text)
    assertNotContains(response, 'value="&lt;Book')


def test_enter_presses_the_button_that_was_used_last(client):
    fresh = client.get("/items/new/")
    another = client.get("/items/new/?another=")
    refused = client.post("/items/new/", {"name": "", "another": ""})

    hidden = '<button name="another" hidden></button>'  # the first one: Enter presses it
    for page in (fresh, another, refused):
        assert buttons(page) == ["Save", "Save and add another"]
    for page in (another, refused):
        assert page.text.index(hidden) < page.text.index("Save</button>")
    assertNotContains(fresh, hidden)
    assert re.findall(r"<(\w+)[^>]* autofocus", refused.text) == ["div"]


def form_key(client):
    (key,) = re.findall('name="key" value="(.+?)"', client.get("/items/new/").text)
    return key


def test_a_form_sent_twice_makes_one_item(client):
    fields = {"name": "Book", "key": form_key(client)}

    first, again = client.post("/items/new/", fields), client.post("/items/new/", fields)

    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Item.objects.count() == 1


def test_another_text_or_another_form_makes_another_item(client):
    key, other_key = form_key(client), form_key(client)
    client.post("/items/new/", {"name": "Book", "key": key})

    client.post("/items/new/", {"name": "Book", "description": "second", "key": key})
    client.post("/items/new/", {"name": "Book", "key": other_key})

    assert Item.objects.count() == 3


@pytest.mark.parametrize("change", ["deleted", "renamed"])
def test_a_form_sent_again_after_its_item_changed_adds_a_new_one(client, change):
    fields = {"name": "Book", "key": form_key(client)}
    client.post("/items/new/", fields)
    first = Item.objects.get()
    first.delete() if change == "deleted" else Item.objects.update(name="Tome")

    again = client.post("/items/new/", fields)
    double_click = client.post("/items/new/", fields)

    book = Item.objects.get(name="Book")
    assert book.pk != first.pk
    assert again["Location"] == double_click["Location"] == f"/items/{book.pk}/"


def test_a_refused_form_keeps_its_key(client):
    key = form_key(client)

    refused = client.post("/items/new/", {"name": "", "key": key})

    assertContains(refused, f'name="key" value="{key}"', status_code=422)
    assert client.post("/items/new/", {"name": "Book", "key": key}).status_code == 302


def test_needs_its_token_and_keeps_what_was_typed(django_test_client_with_csrf):
    client = django_test_client_with_csrf

    refused = client.post("/items/new/", {"name": "typed <for> long", "key": "k"})
    again = client.post("/items/new/", form_of(refused))

    assertContains(refused, "Send it again", status_code=403)
    assert again.status_code == 302
    assert Item.objects.get().name == "typed <for> long"


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://testserver.evil"])
def test_takes_no_form_of_another_site(django_test_client_with_csrf, origin):
    client = django_test_client_with_csrf
    client.cookies[settings.CSRF_COOKIE_NAME] = token = "t" * 32

    fields = {"name": "x", "csrfmiddlewaretoken": token}
    ours = client.post("/items/new/", fields)
    theirs = client.post("/items/new/", fields, headers={"Origin": origin})

    assert (ours.status_code, theirs.status_code) == (302, 403)
    assertNotContains(theirs, "<textarea", status_code=403)  # nor puts text into our form
    assert Item.objects.count() == 1


@pytest.fixture
def django_test_client_with_csrf():
    from django.test import Client

    return Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})


def test_only_who_may_add_has_a_key_for_it(client, settings):
    adders = client.get("/docs/")
    settings.VISITORS_MAY = ["view"]
    viewers = client.get("/docs/")

    assertContains(adders, 'aria-keyshortcuts="n"')
    assertNotContains(viewers, 'aria-keyshortcuts="n"')
