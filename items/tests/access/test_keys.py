"""API keys at the JSON endpoint."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from items.models import ApiKey, Item
from items.tests.access.test_permissions import CALLS

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("ada")


@pytest.fixture
def no_visitors(settings):
    settings.VISITORS_MAY = []


def make_key(user, **fields):
    """Return a key and its secret."""
    key = ApiKey(user=user, name="script", **fields)
    return key, key.issue()


def call(client, secret, method="GET", path="/items/", scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {secret}"}
    return client.generic(method, path, '{"name": "x"}', "application/json", headers=headers)


def refusal(response):
    """Return the sentence of a 401, after checking what each of them holds."""
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="itemsite", error="invalid_token"'
    assert response["Content-Type"] == "application/problem+json"
    return response.json()["detail"]


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


# What is no valid key


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_schemes_case_does_not_matter(client, user, scheme):
    _, secret = make_key(user)

    assert call(client, secret, scheme=scheme).status_code == 200


@pytest.mark.parametrize("header", ["", "Basic dGVhbTpwdw==", "Digest x", "bearers x"])
def test_another_scheme_is_a_visitors(client, settings, header):
    settings.VISITORS_MAY = ["view"]

    read = client.get("/items/", headers={"Authorization": header})
    write = client.delete("/items/1/", headers={"Authorization": header})

    assert read.status_code == 200
    assert write.status_code == 401
    assert "error" not in write["WWW-Authenticate"]


def test_a_key_may_come_in_a_header_of_its_own(client, settings, user):
    settings.VISITORS_MAY = ["view"]
    _, secret = make_key(user)
    basic = {"Authorization": "Basic dGVhbTpwdw=="}  # for the proxy in front

    right = client.get("/items/", headers={"X-API-Key": secret} | basic)
    wrong = client.get("/items/", headers={"X-API-Key": f"{secret}x"})

    assert right.status_code == 200
    assert "X-API-Key" in right["Vary"]
    assert refusal(wrong)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="scheme alone"),
        pytest.param("Bearer ", id="scheme and space"),
        pytest.param("{secret}", id="no scheme"),
        pytest.param("Bearer\t{secret}", id="tab"),
        pytest.param("Bearer {secret}x", id="longer"),
        pytest.param("Bearer {secret} {secret}", id="twice"),
        pytest.param("Bearer {secret},Bearer {secret}", id="header twice"),
        pytest.param("Bearer {secret}\n", id="line end"),
        pytest.param("Bearer {secret}\0", id="NUL behind"),
        pytest.param("Bearer \0", id="NUL"),
        pytest.param("Bearer caf\xe9 \xff", id="Latin-1"),
        pytest.param("Bearer itemsite_" + "\u0663" * 38, id="other digits"),
        pytest.param("Bearer itemsite_" + "\udc80" * 38, id="lone surrogates"),
        pytest.param("Bearer itemsite_" + "0" * 38, id="wrong checksum"),
        pytest.param("Bearer " + "x" * 60_000, id="long"),
    ],
)
def test_what_looks_like_no_key_is_refused_without_a_query(
    client, user, django_assert_num_queries, header
):
    _, secret = make_key(user)

    with django_assert_num_queries(0):
        response = client.get("/items/", headers={"Authorization": header.format(secret=secret)})

    assert refusal(response)
    assert secret not in response.text


@pytest.mark.parametrize(
    "mistype",
    [
        pytest.param(lambda secret: secret[:-1], id="cut"),
        pytest.param(lambda secret: "itemsite_" + secret[9:].swapcase(), id="swapped case"),
        pytest.param(lambda secret: secret.swapcase(), id="swapped case of all"),
        pytest.param(lambda secret: secret[:9] + secret[40:8:-1] + secret[41:], id="other order"),
    ],
)
def test_a_mistyped_key_is_refused_without_a_query(
    client, user, django_assert_num_queries, mistype
):
    _, secret = make_key(user)

    with django_assert_num_queries(0):
        response = call(client, mistype(secret))

    assert "not valid. Copy it again" in refusal(response)


def test_an_unknown_key_is_refused(client, user, django_assert_num_queries):
    key, secret = make_key(user)
    key.delete()

    with django_assert_num_queries(1):
        response = call(client, secret)

    assert refusal(response) == "This API key does not exist. Create a key at /accounts/keys/."


def test_an_expired_key_is_refused(client, user):
    _, secret = make_key(user, expires_at=timezone.now() + timedelta(hours=1))
    before = call(client, secret)
    ApiKey.objects.update(expires_at=Now())

    after = call(client, secret)

    assert before.status_code == 200
    assert "expired" in refusal(after)


def test_a_revoked_key_is_refused(client, user):
    _, secret = make_key(user)
    ApiKey.objects.all().revoke()

    response = call(client, secret)

    assert "revoked" in refusal(response)


def test_the_key_of_a_closed_account_is_refused(client, user):
    _, secret = make_key(user)
    User.objects.update(is_active=False)

    response = call(client, secret)

    assert "account" in refusal(response)


def test_a_refused_key_is_not_noted_as_used(client, user):
    key, secret = make_key(user)
    ApiKey.objects.all().revoke()

    call(client, secret)

    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_refused_write_writes_nothing(client, user):
    _, secret = make_key(user)
    ApiKey.objects.all().revoke()

    call(client, secret, "POST")

    assert not Item.objects.exists()


def test_the_key_goes_with_its_user(user):
    make_key(user)

    user.delete()

    assert not ApiKey.objects.exists()


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
