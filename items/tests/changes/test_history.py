"""The history is read field by field; who did what when is in the list."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from items.changes.change_list import (
    Filter,
    count_by_day,
    read_change_set,
    read_change_sets,
    read_people,
)
from items.changes.history import read_changes, read_deletion, read_item_history
from items.models import ChangeSet, Item
from items.tests.changes.history import (
    ADA,
    BOB,
    add,
    changed_by,
    delete_all,
    last_set,
    made_by,
    rename,
    session_role,
    sql,
)

pytestmark = pytest.mark.django_db


def texts(change):
    return [(each.field, each.old, each.new) for each in change.fields]


def test_shows_old_and_new_of_each_field():
    made_by(ADA, add("Book"))
    pk = Item.objects.get().pk
    made_by(BOB, rename("Book", "Tome"))
    made_by(ADA, lambda: Item.objects.update(description="x"))
    made_by(BOB, delete_all)

    history = read_item_history(pk, limit=9)

    assert [(each.kind, each.version, each.who, texts(each)) for each in history.changes] == [
        ("d", 4, "bob", [("name", "Tome", None), ("description", "x", None)]),
        ("c", 3, "ada", [("description", "", "x")]),
        ("c", 2, "bob", [("name", "Book", "Tome")]),
        ("a", 1, "ada", [("name", None, "Book")]),
    ]
    assert {each.name for each in history.changes} == {"Tome"}
    assert (history.after, history.was_there_before) == (None, None)


def test_an_items_history_has_pages():
    made_by(ADA, add("0"))
    pk = Item.objects.get().pk
    for number in range(6):
        made_by(ADA, rename(f"{number}", f"{number + 1}"))

    first = read_item_history(pk, limit=3)
    second = read_item_history(pk, after=first.after, limit=4)

    assert [each.version for each in first.changes] == [7, 6, 5]
    assert [each.version for each in second.changes] == [4, 3, 2, 1]
    assert second.after is None


def test_an_item_from_before_the_history_was_there_before():
    made_by(ADA, add("Book"))
    sql("DELETE FROM items_change")()
    item = Item.objects.get()

    untouched = read_item_history(item.pk, limit=9)
    made_by(ADA, rename("Book", "Tome"))
    touched = read_item_history(item.pk, limit=9)

    start = ChangeSet.objects.get(way="start").made_at
    assert untouched.was_there_before == touched.was_there_before == start
    assert [texts(each) for each in touched.changes] == [[("name", "Book", "Tome")]]


def test_a_change_set_opens_to_its_changes_in_pages():
    made = made_by(ADA, add(*"abcde"))

    seen, after = [], (0, 0)
    while after:
        changes, after = read_changes(made, after=after, limit=2)
        seen += [each.name for each in changes]

    assert seen == list("abcde")


def test_a_deleted_item_tells_who_deleted_it():
    made_by(ADA, add("Book"))
    pk = Item.objects.get().pk
    assert read_deletion(pk) is None
    made = made_by(BOB, delete_all)

    deletion = read_deletion(pk)

    assert (deletion.change_set_id, deletion.who, deletion.detail) == (made, "bob", "script")
    assert deletion.texts == {"name": "Book", "description": ""}
    assert deletion.version == 2
    assert read_deletion(2**40) is None


def test_psql_is_named_by_role_and_program():
    changed_by(ADA, add("Book"))
    sql("SET LOCAL application_name = 'psql'; UPDATE items_item SET name = 'x'")()

    [change, _] = read_item_history(Item.objects.get().pk, limit=9).changes

    assert (change.way, change.who, change.detail) == ("database", session_role(), "psql")
    assert texts(change) == [("name", "Book", "x")]


# The list


@pytest.fixture
def sets():
    """Return the ids of ten change sets of two people, the newest first."""
    people = [ADA, BOB._replace(way="page"), BOB]
    made = [made_by(people[n % 3], add(f"Book {n}")) for n in range(10)]
    return made[::-1]


def ids(page):
    return [row.id for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Filter(), range(10)),
        (Filter(user_id=1), [0, 3, 6, 9]),
        (Filter(way="page"), [0, 2, 3, 5, 6, 8, 9]),
        (Filter(user_id=2, way="json"), [1, 4, 7]),
        (Filter(user_id=2, way="admin"), []),
        (Filter(user_id=2, way="json", day=timezone.localdate()), [1, 4, 7]),
        (Filter(user_id=2, day=timezone.localdate() + timedelta(days=1)), []),
        (Filter(user_id=2, day=timezone.localdate() - timedelta(days=1)), []),
    ],
)
def test_every_filter_pages_to_the_end_and_back(sets, wanted, places):
    ChangeSet.objects.filter(way="start").delete()
    expected = [sets[place] for place in places]

    page = read_change_sets(wanted, limit=3)
    forward = ids(page)
    while page.after:
        page = read_change_sets(wanted, after=page.after, limit=3)
        forward += ids(page)
    backward = ids(page)
    while page.before:
        page = read_change_sets(wanted, before=page.before, limit=3)
        backward = ids(page) + backward

    assert forward == backward == expected


def test_the_list_has_numbers_and_names(sets):
    undone = made_by(ADA, delete_all)

    [row] = read_change_sets(Filter(), limit=1).rows

    assert row == read_change_set(undone)
    assert (row.who, row.way, row.added, row.deleted, row.name) == ("ada", "page", 0, 10, "Book 0")
    assert (row.undoes_id, row.undone_by_id) == (None, None)
    with pytest.raises(Http404, match="There is no change set"):
        read_change_set(last_set().pk + 1)


def test_counts_each_day(sets):
    today = timezone.localdate()
    moment = timezone.now() - timedelta(days=3)
    ChangeSet.objects.filter(pk__lte=sets[-2]).update(made_at=moment)

    counts = dict(count_by_day(Filter(user_id=1), today))

    assert len(counts) == 14
    assert {day: count for day, count in counts.items() if count} == {
        today: 3,
        timezone.localdate(moment): 1,
    }
    assert sum(count for _, count in count_by_day(Filter(), today)) == ChangeSet.objects.count()


def test_lists_everybody_who_changed_something(sets):
    made_by(ADA._replace(who="Ada"), add("x"))
    made_by(ADA._replace(user_id=0, who=""), add("y"))

    assert sorted(read_people()) == [(1, "Ada"), (2, "bob")]
