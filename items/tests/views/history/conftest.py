import pytest
from django.contrib.auth.models import User


@pytest.fixture
def ada(client):
    user = User.objects.create_superuser("ada")
    client.force_login(user)
    return user
