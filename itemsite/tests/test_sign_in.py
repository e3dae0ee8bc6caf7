"""Signing in: who gets a session, and for how long it is one."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
OLD, NEW = "old-secret-" * 5, "new-secret-" * 5
KEYS = "/accounts/keys/"  # a page for whoever is signed in


def signed_in(user):
    client = Client(headers=HTML)
    client.force_login(user)
    return client


def test_a_new_secret_signs_nobody_out_while_the_old_one_is_named(settings):
    user = User.objects.create_user("ada")
    settings.SECRET_KEY = OLD
    before, absent = signed_in(user), signed_in(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    during = signed_in(user)

    seen = before.get(KEYS).status_code
    settings.SECRET_KEY_FALLBACKS = []

    assert seen == 200
    assert before.get(KEYS).status_code == 200  # renewed by the visit
    assert during.get(KEYS).status_code == 200
    assert absent.get(KEYS).status_code == 302
