"""What is no valid key, and how keys are sent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils import timezone

from items.models import ApiKey, Item
from items.tests.access.keys import call, make_key, refusal

pytestmark = pytest.mark.django_db


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
