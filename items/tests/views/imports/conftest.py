import pytest


@pytest.fixture
def items():
    from items.models import Item  # pytest reads this file before Django is set up

    for name, description in (("Pen", "Blue"), ("Table", "Round"), ("Chair", "")):
        Item.objects.create(name=name, description=description)
