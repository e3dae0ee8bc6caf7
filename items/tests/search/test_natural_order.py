"""Names in the order of their numbers."""

import pytest
from django.db import connection

from items.tests.search.walks import make, walk

pytestmark = pytest.mark.django_db


NATURAL = ["Shelf 1", "Shelf 01b", "Shelf 2", "Shelf 10", "Shelf 10.2", "Shelf 10.11", "Shelf ٣٠"]


@pytest.mark.parametrize("words", [(), ("shelf",)])
@pytest.mark.parametrize("size", [1, 3, 20])
def test_names_are_sorted_by_their_numbers(words, size):
    make(*sorted(NATURAL), "SHELF 2a")
    sorted_names = [*NATURAL[:3], "SHELF 2a", *NATURAL[3:]]

    pages = walk(words, "name", size)
    back = walk(words, "name", size, backwards=True)

    assert [name for page in pages for name in page] == sorted_names
    assert [name for page in back[::-1] for name in page] == sorted_names


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("no digit", "no digit"),
        ("a1b22", "a000000000001b000000000022"),
        ("007", "000000000007"),
        ("0", "000000000000"),
        ("123456789012", "123456789012"),
        ("0001234567890123 5", "1234567890123 000000000005"),
    ],
)
def test_a_natural_key_has_twelve_digits_for_each_number(name, key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT items_natural_key(%s)", [name])

        assert cursor.fetchone() == (key,)
