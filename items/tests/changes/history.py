"""Change sets for the tests of the history."""

from django.db import connection

from items.changes.recording import SETTING, Author, recorded
from items.models import ChangeSet, Item

ADA, BOB = Author("page", 1, "ada"), Author("json", 2, "bob", "script")


def last_set():
    return ChangeSet.objects.latest("id")


def made_by(author, function):
    """Run it as one change set of an author, and return the change set's id."""
    with recorded(author):
        function()
    return last_set().pk


def next_transaction():
    """Forget the change set: a test is one transaction, so the next change would join it."""
    sql(f"SELECT set_config('{SETTING}', '', true)")()


def changed_by(author, function):
    """Run it as one change set of its own, as if other requests came before and after."""
    next_transaction()
    made = made_by(author, function)
    next_transaction()
    return made


def session_role():
    """Return the role that psql and other programs are recorded with."""
    [(role,)] = sql("SELECT session_user")()
    return role


def contents():
    columns = ("id", "name", "description", "created_at", "search")
    return set(Item.objects.values_list(*columns))


def add(*names):
    return lambda: Item.objects.bulk_create(Item(name=name) for name in names)


def rename(old, new):
    return lambda: Item.objects.filter(name=old).update(name=new)


def sql(order, values=None):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(order, values)
            return cursor.fetchall() if cursor.description else []

    return run


def delete_all():
    Item.objects.all().delete()
