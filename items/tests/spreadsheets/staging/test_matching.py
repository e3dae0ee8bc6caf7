"""Which item a row is: by its id, by what it says, by its name; and what is only close."""

import pytest
from django.db import connection

from items.models import Item
from items.tests.spreadsheets.staging.rows import judged, staged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def items():
    Item.objects.create(id=1, name="Book", description="A cool book")
    Item.objects.create(id=2, name="Lamp", description="desk")
    Item.objects.create(id=3, name="Chair", description="oak")
    Item.objects.create(id=4, name="Table")


def row(name, description="", **more):
    return {"name": name, "description": description, **more}


def test_rows_without_ids_are_items_of_the_same_name():
    assert judged(
        row("Book", "A cool book"),
        row("Lamp", "floor"),
        row("Book", "A cool book"),
        row("chair", "beech"),
        row(" Table ", "round"),
        row("Tablé"),
        row("Drawer"),
    ) == [
        ("unchanged", 1),
        ("changed", 2),
        ("repeated", 2),
        ("close", 3),
        ("changed", 4),
        ("close", 4),
        ("new", None),
    ]


def test_rows_with_ids_are_these_items():
    assert judged(
        row("Book", "A cool book", id="1"),
        row("Lamp", "floor", id="2.0"),
        row("Stool", "oak", id=" 003 "),
        row("Shelf", "", id=""),
        row("Gone", "", id="77"),
    ) == [("unchanged", 1), ("changed", 2), ("changed", 3), ("new", None), ("wrong", 77)]


def test_lines_that_want_to_change_an_item_differently_are_all_wrong():
    upload = staged(row("Table", "a", id="4"), row("Table", "b", id="4"), row("Lamp", "", id="2"))

    assert upload.counts == {"wrong": 2, "changed": 1}


def test_a_line_that_names_the_same_item_again_is_repeated():
    assert judged(row("Table", "a", id="4"), row("Table", "a", id="4")) == [
        ("changed", 4),
        ("repeated", 4),
    ]


def test_equal_rows_and_items_pair_off_one_to_one():
    Item.objects.create(id=5, name="Chair", description="oak")

    assert judged(*[row("Chair", "oak")] * 3) == [
        ("unchanged", 3),
        ("unchanged", 5),
        ("repeated", 2),
    ]


def test_a_second_row_of_a_name_whose_item_is_met_is_new():
    assert judged(row("Chair", "oak"), row("Chair", "pine")) == [("unchanged", 3), ("new", None)]


def test_a_name_of_several_items_is_close():
    Item.objects.create(id=5, name="Chair", description="pine")

    assert judged(row("Chair", "beech")) == [("close", 3)]


def test_a_name_of_several_rows_that_differ_is_close():
    assert judged(row("Chair", "beech"), row("Chair", "ash")) == [("close", 3), ("close", 3)]


def test_an_empty_cell_empties_a_text_only_by_id():
    assert judged(row("Book", ""), row("Lamp", "", id="2")) == [("unchanged", 1), ("changed", 2)]


def test_rows_with_and_without_a_text_meet_their_items_in_any_order():
    Item.objects.create(id=5, name="Chair")

    assert judged(row("Chair"), row("Chair", "oak")) == [("unchanged", 3), ("unchanged", 3)]
    assert judged(row("Chair", "oak"), row("Chair")) == [("unchanged", 3), ("unchanged", 3)]


@pytest.mark.parametrize("name", ["CHAIR", "Chaïr", "Cha\u200bir", "Cha\u3164ir", "\uff23hair"])
def test_what_looks_like_an_item_is_close_to_it(name):
    assert judged(row(name, "pine")) == [("close", 3)]


@pytest.mark.parametrize("second", ["DRAWER", "Dráwer", "Draw\u200ber", "Draw\u3164er"])
def test_what_looks_like_an_earlier_row_is_close_to_it(second):
    assert judged(row("Drawer"), row(second)) == [("new", None), ("close", 2)]


def test_an_item_with_an_invisible_mark_is_met_by_the_same_name():
    Item.objects.create(id=5, name="M\u200b4", description="bolt")

    assert judged(row("M\u200b4", "nut")) == [("changed", 5)]


def test_names_that_differ_by_a_number_are_not_close():
    assert judged(row("M4"), row("M5"), row("Book 2")) == [("new", None)] * 3


def test_an_item_that_a_row_names_by_its_id_is_not_met_by_name():
    assert judged(row("Book", "A cool book", id="1"), row("Book", "A cool book")) == [
        ("unchanged", 1),
        ("new", None),
    ]


def test_other_columns_are_lines_below_the_text():
    upload = [
        row("Drill", "cordless", extra="Location: Shelf 3"),
        row("Saw", "", extra="Qty: 1"),
    ]
    kept = staged(*upload)
    Item.objects.create(id=10, name="Drill", description="cordless\nLocation: Shelf 3")
    Item.objects.create(id=11, name="Saw", description="Qty: 1")

    assert kept.counts == {"new": 2}
    assert judged(*upload) == [("unchanged", 10), ("unchanged", 11)]


def test_lines_are_added_below_a_text_that_the_file_does_not_have():
    rows = [{"name": "Chair", "extra": "Room: 1\nRoom: 2"}, {"id": "2", "extra": "Room: 1"}]
    upload = staged(*rows)

    assert upload.counts == {"changed": 2}
    assert judged(*rows)[0] == ("changed", 3)

    Item.objects.filter(id=3).update(description="Room: 2\nRoom: 1")
    Item.objects.filter(id=2).update(description="desk\nRoom: 1")

    assert judged(*rows) == [("unchanged", 3), ("unchanged", 2)]


def test_items_that_a_file_without_texts_made_are_met_again():
    Item.objects.create(id=5, name="Drill", description="Location: 1")
    Item.objects.create(id=6, name="Drill", description="Location: 2")

    rows = [{"name": "Drill", "extra": f"Location: {n}"} for n in (1, 2)]

    assert judged(*rows) == [("unchanged", 5), ("unchanged", 6)]


def test_ids_of_another_list_are_not_used():
    rows = [row("Pen", id="1"), row("Ink", id="2"), row("Cap", id="3"), row("Table", id="4")]

    upload = staged(*rows)

    assert upload.counts == {"new": 3, "unchanged": 1}
    assert [each["code"] for each in upload.about["says"]] == ["ids_of_another_list"]
    assert staged(*rows, ids="use").counts == {"changed": 3, "unchanged": 1}


def test_half_of_the_items_can_be_renamed():
    rows = [row("Pen", id="1"), row("Ink", id="2"), row("Chair", id="3"), row("Table", id="4")]

    assert staged(*rows).about["says"][0]["code"] == "emptied"


def test_unknown_ids_are_wrong_until_they_shall_be_added():
    rows = [row("Pen", id="11"), row("Book", "A cool book", id="12")]

    upload = staged(*rows)

    assert upload.counts == {"wrong": 2}
    assert upload.about["says"][0]["code"] == "unknown_ids"
    assert judged(*rows, unknown_ids="add") == [("new", None), ("unchanged", 1)]


def test_ten_thousand_rows_of_one_name_meet_their_items():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO items_item (id, name, description)"
            " SELECT n + 100, 'Same', n FROM generate_series(0, 9999) AS n"
        )

    upload = staged(*(row("Same", str(n % 9990)) for n in range(10_000)))

    assert upload.counts == {"unchanged": 9990, "repeated": 10}  # not by comparing each with each
