import pytest


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("ada")


@pytest.fixture
def no_visitors(settings):
    settings.VISITORS_MAY = []
