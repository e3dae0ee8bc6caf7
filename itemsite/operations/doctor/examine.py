"""Make all checks, one after the other. None of them can end the others."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
from django.db import connections

from itemsite.operations.doctor import configuration, connecting, database, machine, postgres
from itemsite.operations.doctor.findings import Finding, warning

Check = Callable[..., Iterator[Finding]]


def examine() -> list[Finding]:
    """Return what is wrong: settings first, then this machine, PostgreSQL and the database."""
    checks = (*configuration.CHECKS, *machine.CHECKS)
    findings = [finding for check in checks for finding in run(check)]
    try:
        # Without the pool, which would only report a time-out.
        parameters = connections["default"].get_connection_params()
        connection = psycopg.connect(**parameters, autocommit=True)
    except psycopg.Error as error:
        lost = replace(connecting.unreachable(error), check="connection")
        return [*findings, *run(machine.backup_age), lost]
    with connection:
        checks_of_it = (machine.backup_age, *postgres.CHECKS, *database.CHECKS)
        return findings + [f for check in checks_of_it for f in run(check, connection)]


def run(check: Check, *arguments: object) -> Iterator[Finding]:
    """Yield what a check finds, or that it could not be made."""
    try:
        for finding in check(*arguments):
            yield replace(finding, check=check.__name__)
    except (Exception, SystemExit) as error:  # a wrong WEB_CONCURRENCY ends a process
        said = str(error).partition("\n")[0].removeprefix("itemsite: ") or type(error).__name__
        name = check.__name__.replace("_", " ")
        text = f"The check of {name} could not be made: {said}"
        yield replace(warning(text, "Mend that, then ask again"), check=check.__name__)
