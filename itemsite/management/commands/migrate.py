"""Django's migrate, which waits for locks in short turns.

While a migration waits for a table, everybody who comes later waits behind it. So it gives up soon,
lets them pass and tries again. What was already applied stays.
"""

import time
from contextlib import suppress
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, connections
from django.db.migrations.exceptions import IrreversibleError

from items.database.faults import Fault, fault_of

TURN_MS, PAUSE_SECONDS = 400, 0.6
PATIENCE_SECONDS = 120
WAITING = "Others are using a table that the migration changes. It waits until it is free."
GIVEN_UP = (
    "Others have been using a table that the migration changes for two minutes. Nothing is half"
    " done. Migrate again later, or end what takes long: SELECT pid, xact_start, query FROM"
    " pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start;"
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        is_told = False
        while not self._has_migrated(*args, **options):
            if time.monotonic() > end:
                raise CommandError(GIVEN_UP)
            if not is_told:
                self.stderr.write(WAITING)
                is_told = True
            time.sleep(PAUSE_SECONDS)

    def _has_migrated(self, *args: Any, **options: Any) -> bool:
        """Migrate; return False if a lock was not free."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {TURN_MS}")
        try:
            super().handle(*args, **options)
        except IrreversibleError as error:
            raise CommandError(
                f"{error}. There is no way back but a backup from before."
            ) from error
        except DatabaseError as error:
            if fault_of(error) is not Fault.LOCKED:
                raise
            return False
        finally:
            with suppress(DatabaseError), connection.cursor() as cursor:  # it may be lost
                cursor.execute("RESET lock_timeout")
        return True
