import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from items.models import ApiKey

pytestmark = pytest.mark.django_db

NEW = {"name": "cron", "expires": "90d"}


@pytest.fixture
def user():
    return User.objects.create_user("ada")


@pytest.fixture
def client(user):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    return client


def make_key(user, name="script", **fields):
    key = ApiKey(user=user, name=name, **fields)
    key.issue()
    return key


def shown_secret(page):
    (secret,) = re.findall(r"itemsite_[0-9A-Za-z]{38}", page.text)
    return secret


def test_makes_a_key_and_shows_it_once(client, user):
    made = client.post("/accounts/keys/", NEW)
    later = client.get("/accounts/keys/")

    secret = shown_secret(made)
    key = ApiKey.objects.get()
    assert (key.user, key.name, key.read_only) == (user, "cron", False)
    assert made["Cache-Control"] == "no-store"
    assertContains(later, f"…{secret[-4:]}")
    assertNotContains(later, secret)


def test_the_key_works(client):
    secret = shown_secret(client.post("/accounts/keys/", NEW | {"read_only": "on"}))

    headers = {"Authorization": f"Bearer {secret}"}
    read = Client().get("/items/", headers=headers)
    write = Client().post("/items/", '{"name": "x"}', "application/json", headers=headers)

    assert (read.status_code, write.status_code) == (200, 403)


def test_a_reload_makes_and_shows_nothing(client):
    client.post("/accounts/keys/", NEW)

    again = client.post("/accounts/keys/", NEW)

    assertContains(again, "A key with this name already exists", status_code=422)
    assert "itemsite_" not in again.text
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "days"), [("30d", 30), ("90d", 90), ("1y", 365), ("never", None)]
)
def test_expires_as_chosen(client, choice, days):
    before = timezone.now()

    client.post("/accounts/keys/", {"name": "cron", "expires": choice})

    expires_at = ApiKey.objects.get().expires_at
    if days is None:
        assert expires_at is None
    else:
        lived = timedelta(days=days)
        assert before + lived <= expires_at <= timezone.now() + lived


def test_lists_own_keys_newest_first(client, user):
    make_key(user, "old", expires_at=timezone.now() - timedelta(days=1))
    make_key(user, "ended", revoked_at=timezone.now())
    make_key(user, "new", read_only=True, last_used_at=timezone.now())
    make_key(User.objects.create_user("eve"), "hers")

    page = client.get("/accounts/keys/")

    rows = re.findall(r'<th scope="row">(\w+)</th>', page.text)
    states = re.findall(r'<td data-label="Status">(\w+)</td>', page.text)
    in_use, folded = page.text.split("<details>")
    assert rows == ["new", "ended", "old"]
    assert "new</th>" in in_use
    assert "<summary>2 keys that were revoked or have expired</summary>" in folded
    assert states == ["active", "revoked", "expired"]
    assertContains(page, '<td data-label="Access">read</td>', count=1)
    assertContains(page, '<td data-label="Access">read and write</td>', count=2)
    assertContains(page, '<td data-label="Last used">never</td>', count=2)
    assertContains(page, ">Revoke</a>", count=2)
    assertNotContains(page, "hers")


def test_a_first_visit_shows_the_form(client):
    page = client.get("/accounts/keys/")

    assertContains(page, "You have no keys yet.")
    assertContains(page, '<label for="id_name">Name</label>', html=True)
    assertContains(page, '<label for="id_expires">Expires</label>', html=True)
    assertContains(
        page,
        '<label for="id_read_only">Read-only: the key can read items but not change them</label>',
    )
    assertNotContains(page, "(optional)")
    assertNotContains(page, "maxlength")


def test_escapes_names(client, user):
    make_key(user, "<b>&")

    page = client.get("/accounts/keys/")

    assertContains(page, '<th scope="row">&lt;b&gt;&amp;</th>')
    assertContains(page, 'aria-label="Revoke &lt;b&gt;&amp;"')


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": " \t"}, "name", id="blank name"),
        pytest.param({"name": "\u200b"}, "name", id="invisible name"),
        pytest.param({"name": "a\nb"}, "name", id="two lines"),
        pytest.param({"name": "a\0b"}, "name", id="NUL"),
        pytest.param({"name": "n" * 101}, "name", id="long name"),
        pytest.param({"expires": ""}, "expires", id="no choice"),
        pytest.param({"expires": "9999y"}, "expires", id="no such choice"),
    ],
)
def test_refuses(client, fields, field):
    page = client.post("/accounts/keys/", NEW | fields)

    assert re.search(f'aria-describedby="[^"]*id_{field}_error"', page.text)
    assertContains(page, f'<a href="#id_{field}">', status_code=422)
    assertContains(page, f'id="id_{field}_error"', status_code=422)
    assert "itemsite_" not in page.text
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["n" * 100, "Café 雪 😀", "{secret} %s", "two words"])
def test_takes(client, name):
    client.post("/accounts/keys/", NEW | {"name": f" {name} "})

    assert ApiKey.objects.get().name == name


def test_another_user_may_use_the_same_name(client):
    make_key(User.objects.create_user("eve"), "cron")

    client.post("/accounts/keys/", NEW)

    assert ApiKey.objects.filter(name="cron").count() == 2


def test_lists_in_one_query(client, user, django_assert_num_queries):
    for n in range(5):
        make_key(user, f"key {n}")

    with django_assert_num_queries(3):  # the session, the user, the keys
        client.get("/accounts/keys/")


def test_revokes(client, user):
    key = make_key(user)

    response = client.post(f"/accounts/keys/{key.id}/revoke/")

    page = client.get("/accounts/keys/")
    key.refresh_from_db()
    assertRedirects(response, "/accounts/keys/", fetch_redirect_response=False)
    assertContains(page, "Revoked “script”.")
    assertNotContains(page, ">Revoke</a>")
    assert key.state == "revoked"


def test_asks_before_it_revokes(client, user):
    key = make_key(user)

    page = client.get("/accounts/keys/")
    question = client.get(f"/accounts/keys/{key.id}/revoke/")

    key.refresh_from_db()
    assertContains(page, f'<a href="/accounts/keys/{key.id}/revoke/"')
    assertContains(question, "stop working at once")
    assertContains(question, "It was never used.")
    assert key.state == "active"


def test_revoking_again_changes_nothing(client, user):
    key = make_key(user, revoked_at=timezone.now())

    again = client.post(f"/accounts/keys/{key.id}/revoke/")
    asked = client.get(f"/accounts/keys/{key.id}/revoke/")

    assert ApiKey.objects.get().revoked_at == key.revoked_at
    for response in (again, asked):
        assertRedirects(response, "/accounts/keys/", fetch_redirect_response=False)


def test_the_key_of_another_is_not_found(client):
    key = make_key(User.objects.create_superuser("eve"))

    response = client.post(f"/accounts/keys/{key.id}/revoke/")

    key.refresh_from_db()
    assertContains(response, f"You have no key {key.id}.", status_code=404)
    assert key.state == "active"


@pytest.mark.parametrize("pk", ["9223372036854775807", "9223372036854775808", "0", "x"])
def test_what_is_not_there_is_not_found(client, pk):
    assert client.post(f"/accounts/keys/{pk}/revoke/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/accounts/keys/"),
        ("POST", "/accounts/keys/"),
        ("POST", "/accounts/keys/{id}/revoke/"),
    ],
)
def test_strangers_are_asked_to_sign_in(client, user, method, path):
    key = make_key(user)
    client.logout()

    response = client.generic(method, path.format(id=key.id))

    assertRedirects(response, f"/accounts/login/?next={path.format(id=key.id)}")
    assert ApiKey.objects.get().state == "active"


def test_a_key_opens_no_page(client, user):
    client.logout()
    secret = ApiKey(user=user, name="script").issue()

    response = client.get("/accounts/keys/", headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code == 302


@pytest.mark.parametrize("path", ["/accounts/keys/", "/accounts/keys/{id}/revoke/"])
def test_needs_its_token(user, path):
    key = make_key(user)
    client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    client.force_login(user)

    response = client.post(path.format(id=key.id), NEW)

    assert response.status_code == 403
    assert [key.state for key in ApiKey.objects.all()] == ["active"]


def test_the_navigation_leads_here(client):
    signed_in = client.get("/items/")
    client.logout()
    stranger = client.get("/items/")

    assertContains(
        signed_in, '<a class="not-on-phone" href="/accounts/keys/">API keys</a>', html=True
    )
    assertNotContains(stranger, "/accounts/keys/")
