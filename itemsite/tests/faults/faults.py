"""What the tests of faults share."""

from contextlib import contextmanager

import psycopg
from django.db import connection

HTML = {"Accept": "text/html"}
READ_ONLY = "The database is read-only at the moment. Nothing was saved."
RIGHT = "correct horse battery"


@contextmanager
def beside():
    """Give another connection, in a transaction that is rolled back."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters | {"options": ""}) as other:
        yield other
        other.rollback()
