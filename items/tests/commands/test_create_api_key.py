"""manage.py create_api_key"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from items.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("ada")


def test_prints_the_key_alone(client, user, capsys):
    call_command("create_api_key", "nightly job", "--user", "ada")

    out, err = capsys.readouterr()
    key = ApiKey.objects.get()
    answer = client.get("/items/", headers={"Authorization": f"Bearer {out.strip()}"})
    assert out.strip() + "\n" == out
    assert out.startswith("itemsite_")
    assert "Key nightly job of ada created, valid without an end date" in err
    assert out.strip() not in err
    assert (key.user, key.name, key.read_only, key.expires_at) == (user, "nightly job", False, None)
    assert answer.wsgi_request.api_key == key


def test_makes_a_read_only_key(user):
    call_command("create_api_key", "backup", "--user", "ada", "--read-only")

    assert ApiKey.objects.get().read_only


@pytest.mark.parametrize(
    ("text", "lifetime"),
    [
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("8w", timedelta(weeks=8)),
        ("1y", timedelta(days=365)),
        ("999y", timedelta(days=365 * 999)),
    ],
)
def test_expires_after_so_long(user, capsys, text, lifetime):
    before = timezone.now()

    call_command("create_api_key", "x", "--user", "ada", "--expires", text)

    expires_at = ApiKey.objects.get().expires_at
    assert before + lifetime <= expires_at <= timezone.now() + lifetime
    assert f"valid until {expires_at:%Y-%m-%d %H:%M} UTC" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-1d", "1.5d", "30D", "30 d", "٣d", "1000y"])
def test_refuses_a_lifetime_that_is_none(user, text):
    with pytest.raises(
        CommandError, match=r"--expires: .* Write, for example, 12h, 30d, 8w or 1y\."
    ):
        call_command("create_api_key", "x", "--user", "ada", f"--expires={text}")

    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("", "NAME: This field cannot be blank.", id="empty"),
        pytest.param(" ", "NAME: This field cannot be blank.", id="blank"),
        pytest.param("n" * 101, "NAME: Ensure this value has at most 100 characters", id="long"),
        pytest.param("a\nb", "NAME: Use only visible characters", id="two lines"),
        pytest.param("\udcff", "NAME: Use only visible characters", id="bytes that are no UTF-8"),
        pytest.param("taken", "NAME: A key with this name already exists", id="taken"),
    ],
)
def test_refuses_a_bad_name(user, name, sentence):
    ApiKey(user=user, name="taken").issue()

    with pytest.raises(CommandError, match=sentence):
        call_command("create_api_key", name, "--user", "ada")

    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("username", ["eve", "", "ADA", "\udcff"])
def test_refuses_an_unknown_user(user, username):
    with pytest.raises(CommandError, match="--user: there is no user"):
        call_command("create_api_key", "x", "--user", username)

    assert not ApiKey.objects.exists()


def test_refuses_a_user_whose_keys_would_not_work(user):
    User.objects.update(is_active=False)

    with pytest.raises(CommandError, match="ada is not active"):
        call_command("create_api_key", "x", "--user", "ada")
