"""The click: what it imports, what it leaves out, and what it leaves as it was."""

import pytest
from django.db import connection, transaction

from items.changes.recording import Author
from items.models import ChangeSet, Item, Upload
from items.spreadsheets.staging import (
    LEAVE_OUT,
    Choices,
    PreviewOutdated,
    Rights,
    UploadGone,
    apart,
    left_out_rows,
    read_rows,
    report,
    run_import,
    stage,
)
from items.tests.changes.history import sql
from items.tests.spreadsheets.staging.rows import ALL, copy_text, staged, staged_again, told

pytestmark = pytest.mark.django_db(transaction=True)  # what came later is known by its transaction
AUTHOR = Author("import", detail="items.csv")


@pytest.fixture
def items():
    """Give two items, with ids above those of what is added later."""
    sql("SELECT setval(pg_get_serial_sequence('items_item', 'id'), 1)")()
    Item.objects.create(id=1001, name="Book", description="A cool book")
    Item.objects.create(id=1002, name="Lamp", description="desk")


ROWS = [
    {"name": "Book", "description": "A cool book"},
    {"name": "Lamp", "description": "floor"},
    {"name": "Pen", "description": "blue"},
    {"name": "pen", "description": "red"},
    {"name": "Ink"},
    {"name": ""},
]


def click(upload, choices=LEAVE_OUT, rights=ALL, **options):
    return run_import(upload, AUTHOR, rights, choices, **options)


def the_list():
    return list(Item.objects.order_by("id").values_list("name", "description"))


def test_imports_the_good_rows_in_the_order_of_the_file(items):
    upload = staged(*ROWS)

    result = click(upload)

    assert the_list() == [
        *[("Pen", "blue"), ("Ink", "")],
        *[("Book", "A cool book"), ("Lamp", "floor")],
    ]
    assert (result.new, result.changed, result.outdated) == (2, 1, 0)
    assert Upload.objects.get().state == "imported"


def test_it_is_one_change_set_of_the_file(items):
    before = ChangeSet.objects.latest("id").pk

    result = click(staged(*ROWS))

    [made] = ChangeSet.objects.filter(pk__gt=before)
    assert made.pk == result.change_set
    assert (made.way, made.detail, made.added, made.changed) == ("import", "items.csv", 2, 1)


def test_a_second_click_says_what_the_first_one_did(items):
    upload = staged(*ROWS)
    first = click(upload)

    second = click(Upload.objects.get())

    assert second.is_repeated
    assert (second.new, second.changed, second.change_set) == (2, 1, first.change_set)
    assert Item.objects.count() == 4


def test_the_same_file_again_has_nothing_to_change(items):
    click(staged(*ROWS))
    versions = list(Item.objects.order_by("id").values_list("id", "version", "updated_at"))

    upload = staged(*ROWS)
    result = click(upload)

    assert upload.counts == {"unchanged": 4, "close": 1, "wrong": 1}
    assert (result.new, result.changed, result.change_set) == (0, 0, None)
    assert list(Item.objects.order_by("id").values_list("id", "version", "updated_at")) == versions


def test_what_changed_since_the_preview_stays_and_says_so(items):
    Item.objects.create(id=1003, name="Cup", description="")
    changes = [{"id": str(n), "name": "New", "description": str(n)} for n in (1001, 1002, 1003)]
    upload = staged(*changes, {"name": "Pen"}, {"name": "Ink"}, ids="use")
    Item.objects.filter(pk=1001).update(description="theirs")
    Item.objects.filter(pk=1002).delete()
    Item.objects.create(id=1004, name="Pen", description="theirs")

    result = click(upload)

    assert (result.new, result.changed, result.outdated) == (1, 1, 3)
    assert the_list() == [("Ink", ""), ("Book", "theirs"), ("New", "1003"), ("Pen", "theirs")]
    assert upload.counts == {"new": 1, "changed": 1, "outdated": 3}
    assert [row["errors"][0]["detail"] for row in report(upload)["rows"] if row["errors"]] == [
        "Item 1001 was changed after your preview.",
        "Item 1002 was deleted after your preview.",
        "Item 1004 of this name was added or changed after your preview.",
    ]


def test_outdated_rows_can_be_previewed_again(items):
    upload = staged({"name": "Lamp", "description": "floor"})
    Item.objects.filter(pk=1002).update(description="theirs")
    click(upload)

    again = staged({"name": "Lamp", "description": "floor"})
    click(again)

    assert again.counts == {"changed": 1}
    assert Item.objects.get(pk=1002).description == "floor"


def test_close_and_repeated_rows_are_added_if_asked(items):
    upload = staged({"name": "BOOK"}, {"name": "Pen"}, {"name": "Pen"})

    assert upload.counts == {"close": 1, "new": 1, "repeated": 1}
    assert click(upload, Choices(close="add", repeated="add")).new == 3
    assert upload.counts == {"new": 3}
    assert sorted(name for name, _ in the_list()) == ["BOOK", "Book", "Lamp", "Pen", "Pen"]


def test_close_rows_change_their_items_if_asked(items):
    upload = staged(
        {"name": "BOOK", "extra": "Shelf: 3"},
        {"name": "lamp", "description": "x"},
        {"name": "LAMP", "description": "y"},
    )

    result = click(upload, Choices(close="change"))

    assert (result.new, result.changed) == (0, 1)  # two rows want another text for the lamp
    assert the_list() == [("BOOK", "A cool book\nShelf: 3"), ("Lamp", "desk")]


def test_a_close_row_whose_text_would_be_too_long_is_left_out(items):
    Item.objects.filter(pk=1001).update(description="d" * 9_999)
    upload = staged({"name": "BOOK", "extra": "Shelf: 3"})

    assert click(upload, Choices(close="change")).changed == 0


def test_rights_that_were_lost_since_the_preview_count(items):
    upload = staged({"name": "Pen"}, {"name": "Lamp", "description": "floor"}, {"name": "BOOK"})

    result = click(upload, Choices(close="add"), Rights(may_add=False, may_change=True))

    assert (result.new, result.changed) == (0, 1)


def test_what_was_read_again_since_the_preview_is_not_imported(items):
    upload = staged({"name": "Pen"})
    staged_again(Upload.objects.get(), {"name": "Cup"})

    with pytest.raises(PreviewOutdated):
        click(upload)

    assert Item.objects.count() == 2


def test_an_upload_that_is_gone_cannot_be_imported(items):
    upload = staged({"name": "Pen"})
    Upload.objects.all().delete()

    with pytest.raises(UploadGone):
        click(upload)

    assert Item.objects.count() == 2


def test_an_error_before_the_writing_leaves_everything_as_it_was(items):
    upload = staged(*ROWS)
    counted = []

    def refuse(rows):
        counted.append(rows)
        raise KeyError(rows)

    with pytest.raises(KeyError):
        click(upload, before_writing=refuse)

    assert counted == [3]
    assert Item.objects.count() == 2
    assert Upload.objects.get().state == "staged"
    assert click(Upload.objects.get()).new == 2


def test_apart_from_the_shared_table_nothing_is_left(items):
    upload = Upload(file_name="items.csv", about={"says": []})

    with apart():
        stage(upload, [copy_text(ROWS)], ALL)
        result = click(upload)
        rows = report(upload)["rows"]

    assert (result.new, len(rows)) == (2, 6)
    assert told(upload) == []
    assert not Upload.objects.exists()


def test_staging_again_replaces_the_rows(items):
    upload = staged(*ROWS)

    stage(upload, [copy_text([{"name": "Cup"}])], ALL)

    assert told(upload) == [("new", None)]


def test_rows_are_read_page_by_page_with_old_and_new(items):
    upload = staged(*({"name": f"Item {n}"} for n in range(5)), {"name": "Lamp", "description": ""})
    changed = staged({"id": "1002", "name": "Lamp", "description": "floor"})

    first = read_rows(upload.pk, "new", limit=3)
    second = read_rows(upload.pk, "new", after=first[-1].line, limit=3)
    [row] = read_rows(changed.pk, "changed", limit=3)

    assert [row.line for row in first + second] == [2, 3, 4, 5, 6]
    assert (row.texts["description"], row.old["description"]) == ("floor", "desk")


def test_rows_that_are_left_out_say_why(items):
    upload = staged(
        {"name": "BOOK"}, {"name": "Pen"}, {"name": "Pen"}, {"name": "PEN"}, {"id": "x"}
    )

    assert list(left_out_rows(upload.pk)) == [
        (2, "This name looks like that of item 1001."),
        (4, "This says the same as line 3."),
        (5, "This name looks like that of line 3."),
        (
            6,
            "id: x is no id. Ids are whole numbers from 1. Leave the cell empty to add an item.",
        ),
    ]


def test_the_history_is_not_read_whole_for_each_row():
    """After an ANALYZE of the empty table, PostgreSQL thinks that reading all of it is cheapest."""
    scans = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'items_change'"
    upload = staged(*({"name": f"Item {n}"} for n in range(100)))
    connection.close()  # with its plans
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE items_item, items_change; ANALYZE items_change")
        with transaction.atomic():
            cursor.execute(scans)
            [before] = cursor.fetchone()
            click(upload)
            cursor.execute(scans)
            [after] = cursor.fetchone()

    assert Item.objects.count() == 100
    assert after - before < 10
