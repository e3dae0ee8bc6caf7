"""API keys at the JSON endpoint."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from items.models import ApiKey, Item
from items.tests.access.keys import call, make_key
from items.tests.access.test_permissions import CALLS

pytestmark = pytest.mark.django_db


def test_a_key_speaks_for_its_user(client, user, no_visitors):
    user.groups.add(Group.objects.get(name="Editors"))
    _, secret = make_key(user)

    made = call(client, secret, "POST")

    assert made.status_code == 201
    assert made.wsgi_request.api_key.user == user
    assert Item.objects.get().name == "x"


def test_the_secret_is_recognisable_and_not_kept(user):
    key, secret = make_key(user)
    _, other = make_key(User.objects.create_user("eve"))

    kept = ApiKey.objects.filter(pk=key.pk).values().get()

    assert re.fullmatch("itemsite_[0-9A-Za-z]{38}", secret)
    assert secret != other
    assert kept["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert kept["hint"] == secret[-4:]
    assert secret not in str(kept)


# Who may do what


@pytest.mark.parametrize(
    ("group", "read_only", "allowed"),
    [
        pytest.param(None, False, set(), id="no group"),
        pytest.param("Readers", False, {"view"}, id="reader"),
        pytest.param("Editors", False, {"view", "add", "change", "delete"}, id="editor"),
        pytest.param("Editors", True, {"view"}, id="editor, read-only key"),
    ],
)
@pytest.mark.parametrize(("action", "method", "path"), CALLS)
def test_the_users_permissions_bound_it(
    client, user, no_visitors, group, read_only, allowed, action, method, path
):
    user.groups.set(Group.objects.filter(name=group))
    _, secret = make_key(user, read_only=read_only)
    item = Item.objects.create(name="Book")

    response = call(client, secret, method, path.format(id=item.id))

    assert (response.status_code == 403) is (action not in allowed)
    assert (response.status_code in (200, 201, 204)) is (action in allowed)


def test_a_refusal_says_what_is_lacking(client, user, no_visitors):
    _, secret = make_key(user)

    problem = call(client, secret, "POST").json()

    assert problem["status"] == 403
    assert "cannot POST" in problem["detail"]
    assert "items.add_item" in problem["detail"]


def test_a_read_only_key_never_writes_even_where_visitors_may(client, user):
    _, secret = make_key(user, read_only=True)

    with_key = call(client, secret, "POST")
    without = client.post("/items/", '{"name": "x"}', "application/json")

    assert (with_key.status_code, without.status_code) == (403, 201)


def test_what_visitors_may_a_key_may_too(client, user, settings):
    settings.VISITORS_MAY = ["add"]
    _, secret = make_key(user)

    assert call(client, secret, "POST").status_code == 201
    assert call(client, secret, "GET").status_code == 403


def test_the_session_adds_nothing(client, user, no_visitors):
    client.force_login(User.objects.create_superuser("root"))
    _, secret = make_key(user)

    assert call(client, secret, "POST").status_code == 403


def test_without_a_key_the_401_says_how_to_send_one(client, no_visitors):
    response = client.get("/items/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="itemsite"'
    assert "Authorization: Bearer KEY" in response.json()["detail"]


# The last use


def test_the_last_use_is_noted(client, user):
    key, secret = make_key(user)
    before = timezone.now()

    call(client, secret)

    key.refresh_from_db()
    assert before <= key.last_used_at <= timezone.now()


@pytest.mark.parametrize(("seconds_ago", "is_noted"), [(1, False), (58, False), (61, True)])
def test_the_last_use_is_noted_once_a_minute(client, user, seconds_ago, is_noted):
    key, secret = make_key(user)
    used_at = timezone.now() - timedelta(seconds=seconds_ago)
    ApiKey.objects.update(last_used_at=used_at)

    call(client, secret)

    key.refresh_from_db()
    assert (key.last_used_at > used_at) is is_noted


def test_of_two_requests_at_once_one_notes_it(user):
    key, _ = make_key(user)
    first, second = ApiKey.objects.get(), ApiKey.objects.get()

    first.note_use()
    key.refresh_from_db()
    noted = key.last_used_at
    second.note_use()

    key.refresh_from_db()
    assert key.last_used_at == noted


def test_a_key_costs_one_query(client, user, settings, django_assert_num_queries):
    settings.VISITORS_MAY = ["view"]
    _, secret = make_key(user)
    call(client, secret)

    with django_assert_num_queries(1):
        client.get("/items/")
    with django_assert_num_queries(2):
        call(client, secret)


def test_an_editors_key_costs_two_queries_where_visitors_may_nothing(
    client, user, no_visitors, django_assert_num_queries
):
    user.groups.add(Group.objects.get(name="Editors"))
    _, secret = make_key(user)
    call(client, secret)

    with django_assert_num_queries(1 + 2):
        call(client, secret, "POST")


def test_retries_are_told_apart_by_their_owner(client, user):
    headers = {"Idempotency-Key": "same"}
    _, secret = make_key(user)

    visitors = client.post("/items/", '{"name": "x"}', "application/json", headers=headers)
    headers["Authorization"] = f"Bearer {secret}"
    users = client.post("/items/", '{"name": "x"}', "application/json", headers=headers)

    assert visitors.json()["id"] != users.json()["id"]
    assert "Idempotency-Replayed" not in users


def test_noting_the_use_costs_another(client, user, django_assert_num_queries):
    _, secret = make_key(user)

    with django_assert_num_queries(3):
        call(client, secret)


# The database's rules

GOOD = {"name": "script", "digest": "a" * 64, "hint": "abcd"}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        pytest.param({"name": "other"}, "api_key_digest", id="digest twice"),
        pytest.param({"digest": "b" * 64}, "api_key_name", id="name twice"),
        pytest.param({"digest": "itemsite_x", "name": "x"}, "api_key_digest_sha256", id="secret"),
        pytest.param({"digest": "b" * 64, "name": ""}, "api_key_name_given", id="no name"),
    ],
)
def test_the_database_refuses(user, fields, constraint):
    ApiKey.objects.create(user=user, **GOOD)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        ApiKey.objects.create(user=user, **GOOD | fields)

    assert caught.value.__cause__.diag.constraint_name == constraint


def test_the_name_of_a_revoked_key_is_free_again(user):
    make_key(user)
    ApiKey.objects.all().revoke()

    make_key(user)

    assert ApiKey.objects.count() == 2


def test_revoking_again_keeps_the_first_time(user):
    key, _ = make_key(user)
    ApiKey.objects.all().revoke()
    key.refresh_from_db()
    first = key.revoked_at

    again = ApiKey.objects.all().revoke()

    key.refresh_from_db()
    assert again == 0
    assert key.revoked_at == first


def test_the_key_goes_with_its_user(user):
    make_key(user)

    user.delete()

    assert not ApiKey.objects.exists()
