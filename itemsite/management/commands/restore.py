from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from items.management.output import report
from itemsite.operations import restore
from itemsite.operations.contents import summary
from itemsite.operations.record import check_file, made_at
from itemsite.operations.server import OperationError, connect, first_line

NEXT = (
    "Now run: manage.py migrate. Then start the site again. Passwords are those of that"
    " time; keys that were revoked since then work again."
)


class Command(BaseCommand):
    help = (
        "Restore a backup of manage.py backup into the site's database, in one transaction. With"
        " --verify restore it into a database of its own, compare what it contains with what the"
        " backup recorded, and drop it again; the site's database is not touched."
    )
    requires_system_checks = []  # the database can be empty or broken

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--verify", action="store_true", help="only prove that it can be used")
        parser.add_argument(
            "--replace", action="store_true", help="delete what is in the database now"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(
        self, *, file: Path, verify: bool, replace: bool, yes: bool, **options: object
    ) -> None:
        try:
            record = check_file(file)
            if verify:
                restore.verify(file, record)
                done = f"{file} is good, and was restored into a database of its own: "
            else:
                name = self._restore(file, record, replace, yes)
                done = f"Restored {file} into database {name}: "
        except OperationError as error:
            raise CommandError(str(error)) from error
        except psycopg.Error as error:
            raise CommandError(f"PostgreSQL reports: {first_line(error)}") from error
        report(self, f"{done}{summary(record['tables'])}, as of {_when(record)}.")
        if not verify:
            self.stdout.write(NEXT)

    def _restore(self, file: Path, record: dict[str, Any], replace: bool, yes: bool) -> str:
        with connect() as connection:
            name = connection.info.dbname
            if not restore.is_empty(connection):
                if not replace:
                    raise CommandError(
                        f"Database {name} is not empty. To delete all that is in it and restore the"
                        f" backup, stop the site, then add --replace. To only test the backup, add"
                        " --verify."
                    )
                if others := restore.others(connection):
                    self.stderr.write(
                        f"Connections to database {name}: {others}. Stop the site first: what is"
                        " saved during the restore can be lost."
                    )
                if not yes:
                    _confirm(name, record)
            restore.replace(file, record, connection)
        return name


def _confirm(name: str, record: dict[str, Any]) -> None:
    print(
        f"Everything in database {name} will be deleted and replaced by the backup of"
        f" {_when(record)}: {summary(record['tables'])}."
    )
    try:
        typed = input("To go on, type the name of the database: ")
    except EOFError:
        typed = ""
    if typed.strip() != name:
        raise CommandError("That is not its name. Nothing was changed.")


def _when(record: dict[str, Any]) -> str:
    return f"{made_at(record):%Y-%m-%d %H:%M} UTC"
