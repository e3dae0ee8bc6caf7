import pytest


@pytest.fixture
def ada(client, django_user_model):
    user = django_user_model.objects.create_superuser("ada")
    client.force_login(user)
    return user
