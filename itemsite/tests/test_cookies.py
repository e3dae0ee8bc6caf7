"""Cookies have names of our own, and over plain HTTP the port is in them."""

import re

import pytest
from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


def test_no_cookie_has_a_name_that_another_site_can_have(client):
    User.objects.create_superuser("boss", password="a long password")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": "boss", "password": "a long password"})
    client.post("/items/new/", {"name": "Lamp"})
    client.post("/theme/", {"theme": "dark"})
    client.post("/language/", {"language": "de"})

    kinds = {re.fullmatch(r"itemsite_(\w+)_8000", name)[1] for name in client.cookies}
    assert kinds == {"session", "csrf", "messages", "theme", "language"}
