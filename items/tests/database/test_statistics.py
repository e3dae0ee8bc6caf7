"""Work on many items just after the list was emptied and filled again."""

import pytest
from django.db import connection
from django.http import QueryDict

from items.changes.bulk_delete import Choice, delete, fingerprint
from items.changes.recording import Author, recorded
from items.changes.undo import undo
from items.models import ChangeSet
from items.search.selection import read_selection
from items.tests.changes.history import next_transaction
from items.tests.spreadsheets.staging.rows import ALL, staged

pytestmark = pytest.mark.django_db
ADD = "INSERT INTO items_item (name) SELECT 'Item ' || n FROM generate_series(1, 5000) AS n"


def rows_believed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'items_item'")
        return cursor.fetchone()[0]


def undo_all():
    undo(ChangeSet.objects.latest("id").pk, Author("command"))


def delete_all():
    choice = Choice(read_selection(QueryDict(), strict=False).at(), is_all=True)
    delete(choice, fingerprint(choice))


def import_one():
    staged({"name": "Book"}, rights=ALL)


@pytest.mark.parametrize("work", [undo_all, delete_all, import_one])
def test_postgresql_does_not_believe_that_the_list_is_still_empty(work):
    with connection.cursor() as cursor:
        for sql in (ADD, "DELETE FROM items_item", "ANALYZE items_item"):
            cursor.execute(sql)
        next_transaction()
        with recorded(Author("command")):
            cursor.execute(ADD)
    believed = rows_believed()
    next_transaction()

    work()

    assert (believed, rows_believed()) == (0, 5000)
