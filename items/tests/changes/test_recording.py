"""What the triggers record, and what they refuse, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction

from items.changes.recording import Author, recorded
from items.models import Change, ChangeSet, Item
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


@pytest.fixture
def book():
    changed_by(ADA, add("Book"))
    return Item.objects.get()


def copy():
    with connection.cursor() as cursor, cursor.copy("COPY items_item (name) FROM STDIN") as rows:
        rows.write("Cup\nPen\n")


MERGE = """
    MERGE INTO items_item AS item USING (VALUES ('Book'), ('Cup')) AS given (name)
    ON item.name = given.name
    WHEN MATCHED THEN UPDATE SET description = 'x'
    WHEN NOT MATCHED THEN INSERT (name) VALUES (given.name)
"""
ON_CONFLICT = """
    INSERT INTO items_item (id, name)
    SELECT id, 'Tome' FROM items_item UNION ALL SELECT 1000000, 'Cup'
    ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
EVERYTHING = """
    INSERT INTO items_item (name) VALUES ('Cup'), ('Pen');
    UPDATE items_item SET description = 'x';
    DELETE FROM items_item WHERE name = 'Cup'
"""
MANY = "INSERT INTO items_item (name) SELECT 'Book ' || n FROM generate_series(1, 20000) AS n"
STATEMENTS = [
    pytest.param(copy, (2, 0, 0), id="COPY"),
    pytest.param(sql(MERGE), (1, 1, 0), id="MERGE"),
    pytest.param(sql(ON_CONFLICT), (1, 1, 0), id="ON CONFLICT"),
    pytest.param(sql(EVERYTHING), (2, 3, 1), id="one of each"),
    pytest.param(sql("DELETE FROM items_item"), (0, 0, 1), id="DELETE"),
    pytest.param(sql("TRUNCATE items_item"), (0, 0, 1), id="TRUNCATE"),
    pytest.param(sql("SET LOCAL search_path = ''; " + "DELETE FROM public.items_item"), (0, 0, 1)),
]


@pytest.mark.parametrize(("statement", "numbers"), STATEMENTS)
def test_a_transaction_is_one_change_set(book, statement, numbers):
    before = last_set().pk
    sql("SET LOCAL application_name = 'a <program>'")()

    statement()
    sql("SET LOCAL search_path = public")()

    made = ChangeSet.objects.get(pk__gt=before)
    assert (made.way, made.who, made.detail) == ("database", session_role(), "a <program>")
    assert (made.added, made.changed, made.deleted) == numbers
    assert Change.objects.filter(change_set_id=made.pk).count() == sum(numbers)


def rolled_back():
    with transaction.atomic():
        Item.objects.create(name="Cup")
        transaction.set_rollback(True)


NOTHING = [
    pytest.param(sql("UPDATE items_item SET name = name"), id="the same"),
    pytest.param(sql("UPDATE items_item SET name = 'x' WHERE id = 0"), id="changes none"),
    pytest.param(sql("DELETE FROM items_item WHERE id = 0"), id="deletes none"),
    pytest.param(rolled_back, id="savepoint"),
    pytest.param(sql("INSERT INTO items_item (name) SELECT 'x' WHERE FALSE"), id="adds none"),
]


@pytest.mark.parametrize("write", NOTHING)
def test_what_changes_nothing_is_not_recorded(book, write):
    before = ChangeSet.objects.count(), Change.objects.count()

    made_by(BOB, write)

    book.refresh_from_db()
    assert book.version == 1
    assert (ChangeSet.objects.count(), Change.objects.count()) == before


def test_a_savepoint_that_is_rolled_back_is_not_in_the_change_set():
    with recorded(ADA):
        rolled_back()
        add("Book")()
        rolled_back()

    assert (last_set().added, last_set().who) == (1, "ada")
    assert Change.objects.count() == 1


def test_an_item_keeps_its_id(book):
    with pytest.raises(IntegrityError, match="keeps its id"):
        sql("UPDATE items_item SET id = id + 1")()


@pytest.mark.parametrize(
    "change", ["version = 9", "updated_at = '2020-01-01'", "created_at = '2020-01-01'"]
)
def test_a_change_of_any_column_raises_the_version(book, change):
    sql(f"UPDATE items_item SET {change}")()

    before = book.updated_at
    book.refresh_from_db()
    assert book.version == 2
    assert book.updated_at > before
    assert Change.objects.get(version=2).kind == "c"


def test_no_version_is_used_twice(book):
    delete_all()
    reuse = sql("INSERT INTO items_item (id, name) VALUES (%s, 'x')", [book.pk])

    with pytest.raises(IntegrityError, match="was there before"), transaction.atomic():
        reuse()

    sql("INSERT INTO items_item (id, name, version) VALUES (%s, 'x', 3)", [book.pk])()
    assert [change.version for change in Change.objects.order_by("version")] == [1, 2, 3]


def test_no_id_is_given_twice_even_if_its_history_was_pruned(book):
    add("Cup")()
    cup = Item.objects.latest("id").pk
    delete_all()
    sql("DELETE FROM items_change")()

    sql("TRUNCATE items_item RESTART IDENTITY")()
    add("Pen")()

    assert Item.objects.get().pk > cup


def test_the_largest_id_does_not_end_the_list(book):
    sql("INSERT INTO items_item (id, name) VALUES (9223372036854775807, 'Cup')")()

    sql("TRUNCATE items_item")()
    add("Pen")()

    assert book.pk < Item.objects.get().pk < book.pk + 10


def test_history_that_is_emptied_with_the_items_begins_again(book):
    rename("Book", "Tome")()  # begins a change set, which is emptied too

    sql("TRUNCATE items_item, items_change, items_changeset")()
    add("Cup")()

    assert (last_set().way, last_set().added) == ("database", 1)


def test_an_unknown_change_set_is_refused(book):
    sql("SELECT set_config('itemsite.change_set', '0', true)")()

    with pytest.raises(Exception, match="there is no change set 0"):
        rename("Book", "Tome")()


@pytest.mark.parametrize("function", ["items_item_record", "items_item_go_on"])
def test_other_roles_are_recorded_too(function):
    """The functions run with the rights of their owner, and not with the caller's search_path."""
    [(is_definer, config)] = sql(
        "SELECT prosecdef, proconfig FROM pg_proc WHERE proname = %s", [function]
    )()

    assert is_definer
    assert config[0] == "search_path=public, pg_temp"


@pytest.mark.parametrize("function", ["items_item_record()", "items_item_go_on()"])
def test_other_roles_cannot_record_rows_of_their_own_tables(function):
    """A trigger that they make with it would write changes that nobody made."""
    sql("SELECT items_record_fields('name', 'description')")()  # as a migration that adds a field

    assert sql("SELECT has_function_privilege('public', %s, 'execute')", [function])() == [(False,)]


@pytest.mark.long
def test_a_change_of_one_item_does_not_make_that_of_all_slow(book):
    """Its plan is kept; with nested loops this takes a minute, and would be cancelled."""
    rename("Book", "Tome")()
    sql(f"SET LOCAL statement_timeout = '30s'; {MANY}")()

    sql("UPDATE items_item SET description = 'x'")()

    assert last_set().changed == 20_002


ODD = [
    "<script>",
    "x" * 300,
    "two\nlines",
    "\u202ertl",
    "half \udce9 a character",
    "\0",
    "{}\"'\\",
    "😀" * 250,
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_kept_as_text(name):
    made_by(Author("import", 0, name, name), add("Book"))

    kept = name.replace("\udce9", "?").replace("\0", "")
    assert (last_set().who, last_set().detail) == (kept[:150], kept[:200])
