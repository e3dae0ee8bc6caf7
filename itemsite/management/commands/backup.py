from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from items.management.output import report
from itemsite.operations import backup
from itemsite.operations.server import OperationError


class Command(BaseCommand):
    help = (
        "Save the database as one file, while the site runs: items, history, accounts, the hashes"
        " of passwords and keys. The file gets its name only when it is complete."
        " manage.py restore FILE --verify proves that it can be restored."
    )
    requires_system_checks = []  # a backup is wanted most when something is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", metavar="DIR", type=Path, help=f"the folder; default: {settings.BACKUP_DIR}"
        )
        parser.add_argument(
            "--keep",
            metavar="N",
            type=_positive,
            help="then remove the older backups of this site in the folder, all but N",
        )

    def handle(self, *, to: Path | None, keep: int | None, **options: object) -> None:
        folder = to or settings.BACKUP_DIR
        try:
            made = backup.take(folder)
        except OperationError as error:
            raise CommandError(str(error)) from error
        size = made.file.stat().st_size / 1e6
        text = f"Saved {made.file} ({size:,.1f} MB): {made.summary}."
        if keep:
            text += f" Removed {backup.remove_older(made.file, keep)} older."
        report(self, text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of backups, such as 7")
    return int(text)
