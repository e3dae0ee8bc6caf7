"""API keys in the admin: shown without their digest, revoked, never made."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ApiKey

pytestmark = pytest.mark.django_db
KEYS = "/admin/items/apikey/"


@pytest.fixture
def key(admin_user):
    key = ApiKey(user=admin_user, name="<i>cron</i>")
    key.issue()
    return key


def test_shows_keys_and_never_their_digest(admin_client, key):
    listed = admin_client.get(KEYS)
    shown = admin_client.get(f"{KEYS}{key.id}/change/")

    for page in listed, shown:
        assertContains(page, "&lt;i&gt;cron&lt;/i&gt;")
        assertContains(page, key.hint)
        assertNotContains(page, key.digest)
    assertContains(listed, "administrators with manage.py create_api_key")


def test_finds_keys_by_their_user(admin_client, key):
    assertContains(admin_client.get(KEYS, {"q": "admin"}), key.hint)
    assertNotContains(admin_client.get(KEYS, {"q": "eve"}), key.hint)


def test_revokes_keys(admin_client, key):
    response = admin_client.post(
        KEYS, {"action": "revoke", "_selected_action": [key.id]}, follow=True
    )

    key.refresh_from_db()
    assertContains(response, "Revoked keys: 1.")
    assert key.state == "revoked"


def test_makes_and_changes_no_keys(admin_client, key):
    digest = key.digest

    added = admin_client.post(f"{KEYS}add/", {"name": "x"})
    admin_client.post(f"{KEYS}{key.id}/change/", {"name": "x", "digest": "a" * 64})

    key.refresh_from_db()
    assert added.status_code == 403
    assert (key.name, key.digest) == ("<i>cron</i>", digest)
    assert ApiKey.objects.count() == 1


def test_lists_keys_in_few_queries(admin_client, admin_user, django_assert_max_num_queries):
    for n in range(20):
        ApiKey(user=admin_user, name=f"key {n}").issue()

    with django_assert_max_num_queries(6):
        admin_client.get(KEYS)
