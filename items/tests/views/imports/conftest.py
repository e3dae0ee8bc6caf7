import pytest

from items.models import Item


@pytest.fixture
def items():
    for name, description in (("Pen", "Blue"), ("Table", "Round"), ("Chair", "")):
        Item.objects.create(name=name, description=description)
