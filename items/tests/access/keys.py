"""API keys, and calls with them."""

from django.contrib.auth.models import Group, User

from items.models import ApiKey


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


def key_of(name, group=None, **fields):
    """Return the headers of a new user's key."""
    user = User.objects.create_user(name)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return {"Authorization": f"Bearer {ApiKey(user=user, name='nightly', **fields).issue()}"}
