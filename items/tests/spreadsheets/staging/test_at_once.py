"""Imports beside other writes, in transactions that are committed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import transaction
from django.http import QueryDict

from items.changes.bulk_delete import Choice, delete, fingerprint
from items.changes.recording import Author, recorded
from items.database import snapshot_cache
from items.models import Item, Upload
from items.search.selection import read_selection
from items.spreadsheets import uploads
from items.spreadsheets.staging import UploadImported, run_import
from items.tests.changes.test_undo_at_once import apart, wait_until_somebody_waits
from items.tests.spreadsheets.staging.rows import ALL, staged, staged_again

pytestmark = pytest.mark.django_db(transaction=True)
AUTHOR = Author("import", detail="items.csv")
ROWS = [{"name": f"Item {n}", "description": "new"} for n in range(300)]


@pytest.fixture(autouse=True)
def hang_up():
    """Leave no connection to the database, which is dropped in the end."""
    yield
    snapshot_cache.SNAPSHOTS.close()


def at_once(*calls):
    """Run calls on connections of their own, which start together; return their results."""
    start = Barrier(len(calls))

    def begin(call):
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(apart, begin, call) for call in calls]]


def click(upload):
    return lambda: run_import(Upload.objects.get(pk=upload.pk), AUTHOR, ALL)


def test_a_double_click_imports_once():
    upload = staged(*ROWS)

    results = at_once(*[click(upload)] * 3)

    assert sorted(result.is_repeated for result in results) == [False, True, True]
    assert {result.new for result in results} == {300}
    assert Item.objects.count() == 300


def test_the_same_file_three_times_at_once_doubles_nothing():
    sent = [staged(*ROWS) for _ in range(3)]

    results = at_once(*map(click, sent))

    assert sorted(result.new for result in results) == [0, 0, 300]
    assert sorted(result.outdated for result in results) == [0, 300, 300]
    assert Item.objects.count() == 300


def test_an_import_waits_for_another_and_says_so():
    first, second = staged(*ROWS), staged({"name": "Book"})
    said = []

    with ThreadPoolExecutor(1) as pool:
        with recorded(AUTHOR):
            run_import(first, AUTHOR, ALL)
            upload = Upload.objects.get(pk=second.pk)
            waits = pool.submit(
                apart, lambda: run_import(upload, AUTHOR, ALL, waiting=lambda: said.append(1))
            )
            wait_until_somebody_waits()
        assert waits.result().new == 1

    assert said == [1]


def test_an_import_waits_for_an_open_edit_and_leaves_it():
    item = Item.objects.create(name="Book", description="old")
    upload = staged({"name": "Book", "description": "imported"}, {"name": "Pen"})

    with ThreadPoolExecutor(1) as pool:
        with recorded(Author("page")):
            Item.objects.filter(pk=item.pk).update(description="theirs")
            waits = pool.submit(apart, click(upload))
            wait_until_somebody_waits()
        result = waits.result()

    assert (result.new, result.changed, result.outdated) == (1, 0, 1)
    assert Item.objects.get(pk=item.pk).description == "theirs"


def read_again(upload):
    with pytest.raises(UploadImported):
        staged_again(upload, {"name": "Pen"})


def discard(upload):
    assert not uploads.discard(upload)


@pytest.mark.parametrize("act", [read_again, discard])
def test_what_is_being_imported_stays_as_the_import_leaves_it(act):
    upload = staged({"name": "Book"})
    before = Upload.objects.get(pk=upload.pk)

    with ThreadPoolExecutor(1) as pool:
        with recorded(AUTHOR):
            run_import(upload, AUTHOR, ALL)
            waits = pool.submit(apart, act, before)
            wait_until_somebody_waits()
        waits.result()

    assert Upload.objects.get(pk=upload.pk).result["new"] == 1


def test_a_deletion_of_many_locks_them_in_order_of_id_as_imports_do():
    """In another order, each could wait for what the other has locked."""
    for pk in (1002, 1001):  # the order on disk
        Item.objects.create(pk=pk, name="Book")
    everything = Choice(read_selection(QueryDict(), strict=False), is_all=True)
    confirmed = fingerprint(everything)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Item.objects.select_for_update().get(pk=1001)
            waits = pool.submit(apart, delete, everything, confirmed)
            wait_until_somebody_waits()
            Item.objects.select_for_update(nowait=True).get(pk=1002)
        assert waits.result() == confirmed

    assert not Item.objects.exists()


@pytest.mark.long
def test_imports_a_deletion_and_edits_at_once_end_well_and_double_nothing():
    everything = Choice(read_selection(QueryDict("q=item"), strict=False), is_all=True)

    def edit():
        Item.objects.filter(name="Item 7").update(description="theirs")

    for _ in range(5):
        Item.objects.all().delete()
        Item.objects.bulk_create(Item(name=f"Item {n}", description="old") for n in range(300))
        for item in Item.objects.order_by("-id"):
            Item.objects.filter(pk=item.pk).update(description="older")
        sent = [staged(*ROWS) for _ in range(2)]

        at_once(*map(click, sent), lambda: delete(everything, fingerprint(everything)), edit)

        names = list(Item.objects.values_list("name", flat=True))
        assert len(names) == len(set(names))
