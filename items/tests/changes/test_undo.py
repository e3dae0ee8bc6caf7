"""Undo takes back what a change set did, and keeps what others changed since."""

import pytest

from items.changes.restore import NoVersion, restore_version
from items.changes.undo import NoChangeSet, permissions_for_undo, read_kept, undo
from items.models import Change, Item
from items.tests.changes.history import (
    ADA,
    BOB,
    add,
    contents,
    delete_all,
    last_set,
    made_by,
    rename,
    sql,
)

pytestmark = pytest.mark.django_db
KINDS = [
    pytest.param(add("Pen", "Cup"), (2, 0, 0), id="add"),
    pytest.param(rename("Book", "Tome"), (0, 1, 0), id="change"),
    pytest.param(delete_all, (0, 0, 1), id="delete"),
]


@pytest.mark.parametrize(("change", "numbers"), KINDS)
def test_an_undo_and_undos_of_it_are_right_each_time(change, numbers):
    made_by(ADA, add("Book"))
    before = contents()
    made = made_by(ADA, change)
    after = contents()

    for count in range(4):
        told = undo(made, BOB)
        assert contents() == (after if count % 2 else before)
        assert told.change_set_id == last_set().pk
        assert (last_set().undoes_id, last_set().who, last_set().way) == (made, "bob", "json")
        if count % 2 == 0:
            assert (told.removed, told.changed, told.restored) == numbers
        assert (told.already_back, told.kept_count) == (0, 0)
        made = told.change_set_id


def test_what_others_changed_since_is_kept_and_named():
    made = made_by(ADA, add("Book", "Cup", "Pen"))
    made_by(BOB, rename("Cup", "Mug"))
    made_by(BOB, lambda: Item.objects.filter(name="Pen").delete())

    dry, told = undo(made, ADA, dry_run=True), undo(made, ADA)

    assert dry.removed == told.removed == 1
    assert [(kept.name, kept.who, kept.way, kept.kind) for kept in told.kept] == [
        ("Mug", "bob", "json", "c"),
        ("Pen", "bob", "json", "d"),
    ]
    assert dry.kept == told.kept
    assert dry.change_set_id is None
    assert told.kept_count == 2
    assert [item.name for item in Item.objects.all()] == ["Mug"]
    assert read_kept(made, after=told.kept[0].item_id, limit=9) == told.kept[1:]


def test_a_second_undo_does_nothing_and_names_the_first():
    made = made_by(ADA, add("Book"))
    first = undo(made, ADA)

    second = undo(made, BOB)

    assert (second.taken_back, second.already_back, second.kept_count) == (0, 1, 0)
    assert second.change_set_id == first.change_set_id == last_set().pk


def test_restores_one_of_many_then_the_rest():
    made_by(ADA, add(*(f"Book {n}" for n in range(10))))
    before = contents()
    deleted = made_by(ADA, delete_all)
    one = Change.objects.filter(change_set_id=deleted).first().item_id

    undo(deleted, BOB, items=[one])
    assert [item.pk for item in Item.objects.all()] == [one]
    rest = undo(deleted, ADA)

    assert (rest.restored, rest.already_back, rest.kept_count) == (9, 1, 0)
    assert contents() == before


def test_a_restored_item_has_a_new_version_and_the_next_item_a_new_id():
    made_by(ADA, add("Book"))
    book = Item.objects.get()
    made_by(BOB, sql("TRUNCATE items_item RESTART IDENTITY"))

    undo(last_set().pk, ADA)
    made_by(ADA, add("Cup"))

    back = Item.objects.get(name="Book")
    assert (back.pk, back.created_at, back.version) == (book.pk, book.created_at, 3)
    assert Item.objects.get(name="Cup").pk > book.pk


def test_undo_of_nothing_is_refused():
    with pytest.raises(NoChangeSet):
        undo(2**40, ADA)
    with pytest.raises(NoChangeSet):
        undo(2**40, ADA, dry_run=True)


def test_what_a_change_set_added_and_deleted_itself_is_no_matter():
    made = made_by(ADA, lambda: (add("Book")(), delete_all()))

    told = undo(made, ADA)

    assert (told.taken_back, told.kept_count, told.change_set_id) == (0, 0, None)
    assert last_set().pk == made


@pytest.mark.parametrize(
    ("change", "permissions"),
    [
        (add("Cup"), {"items.delete_item"}),
        (rename("Book", "Tome"), {"items.change_item"}),
        (delete_all, {"items.add_item"}),
        (lambda: (add("Cup")(), delete_all()), {"items.add_item", "items.delete_item"}),
    ],
)
def test_an_undo_needs_the_permissions_of_what_it_does(change, permissions):
    made_by(ADA, add("Book"))

    made = made_by(ADA, change)

    assert permissions_for_undo(made) == permissions
    assert permissions_for_undo(made, items=[]) == set()


# An older version of one item


def test_brings_back_an_older_version():
    made_by(ADA, add("Book"))
    changed = made_by(ADA, rename("Book", "Tome"))
    made_by(BOB, rename("Tome", "Volume"))
    item = Item.objects.get()

    restored = restore_version(item.pk, 2, BOB)

    item.refresh_from_db()
    assert (item.name, item.version, last_set().pk, last_set().who) == ("Tome", 4, restored, "bob")
    assert Change.objects.get(item_id=item.pk, version=4).same_as == 2
    assert restore_version(item.pk, 2, ADA) is None
    assert undo(changed, ADA).changed == 1  # it is again as that change set left it
    assert Item.objects.get().name == "Book"


def test_brings_back_a_version_of_a_deleted_item():
    made_by(ADA, add("Book"))
    made_by(ADA, rename("Book", "Tome"))
    made_by(ADA, delete_all)
    pk = Change.objects.latest("version").item_id

    restore_version(pk, 1, ADA)

    assert list(Item.objects.values_list("pk", "name", "version")) == [(pk, "Book", 4)]


@pytest.mark.parametrize("version", [0, 2, 9, 2**63 - 1])
def test_a_version_that_never_was_is_refused(version):
    made_by(ADA, add("Book"))

    with pytest.raises(NoVersion):
        restore_version(Item.objects.get().pk, version, ADA)
