"""Whatever comes in by any door: no error of ours, and the table is as the answers say.

A short run, the same each time; bench/fuzz goes on for as long as one likes.
"""

from contextlib import closing

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from items.models import Item
from itemsite.tests.hostile import doors, made_up
from itemsite.tests.hostile.witness import Witness

pytestmark = pytest.mark.long

EXAMPLES = 25  # of each door
short = settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)


@pytest.fixture(scope="module")
def witness(clone):
    server = clone.serve(VISITORS_MAY="view").wait_for_address()
    with closing(Witness(clone, server)) as witness:
        yield witness
    server.stop()


@pytest.mark.parametrize("door", doors.DOORS)
def test_a_door_holds(witness, door):
    @short
    @given(st.data())
    def hold(data):
        witness.try_out(door, data.draw(doors.DOORS[door](witness.credentials)))

    hold()


@pytest.mark.django_db
@short
@given(made_up.files)
def test_a_file_does_what_its_report_says(content):
    before = set(Item.objects.values_list("id", flat=True))

    response = Client().generic("POST", "/items/import/?other_columns=keep", content, "text/csv")

    after = set(Item.objects.values_list("id", flat=True))
    assert response.status_code in (200, 422)
    told = response.json()
    assert before <= after
    assert len(after - before) == (told["imported"]["new"] if "imported" in told else 0)
