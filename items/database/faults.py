"""Errors of PostgreSQL that pass by themselves, by SQLSTATE (its manual, appendix A).

This is the one place that tells them apart: pages, JSON, the log and commands ask it.
"""

from enum import Enum, auto

import psycopg
from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from psycopg_pool import PoolClosed, PoolTimeout


class Fault(Enum):
    LOCKED = auto()  # another transaction holds it
    DEADLOCK = auto()  # two transactions waited for each other, and this one was ended
    TOO_SLOW = auto()
    READ_ONLY = auto()  # a standby, or default_transaction_read_only
    FULL = auto()  # no disk, no memory, no free connection
    UNREACHED = auto()  # without a connection nothing was sent
    BROKEN = auto()  # the connection was lost, perhaps during the commit


# A whole SQLSTATE, or the class that it begins with; the first that matches counts.
BY_SQLSTATE = {
    "55P03": Fault.LOCKED,
    "40P01": Fault.DEADLOCK,
    "40001": Fault.DEADLOCK,
    "57014": Fault.TOO_SLOW,
    "25006": Fault.READ_ONLY,
    "57P03": Fault.UNREACHED,  # the server starts or stops
    "53": Fault.FULL,
    "08": Fault.BROKEN,
    "0A000": Fault.READ_ONLY,  # a standby does not have unlogged tables
    "25": Fault.BROKEN,  # for example ended while idle in a transaction
    "40": Fault.BROKEN,
    "57": Fault.BROKEN,
    "58": Fault.BROKEN,
}
# PostgreSQL's function that raises 0A000 if a statement was prepared before a migration.
CHECKS_PLAN = "RevalidateCachedQuery"

READ = {
    Fault.LOCKED: gettext_lazy("Somebody is changing the list right now. Try again in a moment."),
    Fault.TOO_SLOW: gettext_lazy("This takes too long right now. Try again in a moment."),
    Fault.READ_ONLY: gettext_lazy("The database is read-only at the moment. Try again later."),
}
READ_OTHER = gettext_lazy("The database does not answer right now. Try again in a moment.")
WRITE = {
    Fault.LOCKED: gettext_lazy("Somebody else is changing this right now."),
    Fault.DEADLOCK: gettext_lazy("Somebody else changed this at the same moment."),
    Fault.TOO_SLOW: gettext_lazy("This takes too long right now."),
    Fault.READ_ONLY: gettext_lazy("The database is read-only at the moment."),
    Fault.FULL: gettext_lazy("The database has no room at the moment."),
    Fault.UNREACHED: gettext_lazy("The database cannot be reached right now."),
}
NOTHING_SAVED = gettext_lazy("{why} Nothing was saved. Try again in a moment.")
NOTHING_SAVED_FOR_LONG = gettext_lazy("{why} Nothing was saved. Try again later.")
LONG = (Fault.READ_ONLY, Fault.FULL)  # somebody has to mend them
MAYBE_SAVED = gettext_lazy(
    "The database does not answer right now. Your change may have been saved. Check"
    " that before you try again."
)


def fault_of(error: BaseException | None) -> Fault | None:
    """Return which temporary fault an error tells of, or None for all other errors.

    An error that was raised from one of PostgreSQL, as Busy is, tells of the same.
    """
    is_of_connection = False
    while error is not None:
        if isinstance(error, PoolTimeout | PoolClosed):
            return Fault.UNREACHED
        if is_plan_outdated(error):
            return Fault.BROKEN
        if sqlstate := getattr(error, "sqlstate", None):
            return next((BY_SQLSTATE[key] for key in BY_SQLSTATE if sqlstate.startswith(key)), None)
        is_of_connection |= isinstance(
            error, OperationalError | InterfaceError | psycopg.OperationalError
        )
        error = error.__cause__
    return Fault.BROKEN if is_of_connection else None


def is_plan_outdated(error: BaseException | None) -> bool:
    return isinstance(error, psycopg.Error) and error.diag.source_function == CHECKS_PLAN


def told(fault: Fault, *, is_write: bool) -> str | Promise:
    """Return what happened, and whether something was saved, for the reader."""
    if not is_write:
        return READ.get(fault, READ_OTHER)
    if fault not in WRITE:
        return MAYBE_SAVED
    saved = NOTHING_SAVED_FOR_LONG if fault in LONG else NOTHING_SAVED
    return format_lazy(saved, why=WRITE[fault])
