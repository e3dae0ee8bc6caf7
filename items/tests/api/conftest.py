import pytest
from django.apps import apps


@pytest.fixture
def item(db):
    return apps.get_model("items.Item").objects.create(name="Book", description="A cool book")
