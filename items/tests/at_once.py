"""For tests of what happens at the same moment."""

from django.db import connection


def apart(function, *arguments):
    """Call it on a connection of this thread's own."""
    try:
        return function(*arguments)
    finally:
        connection.close()
