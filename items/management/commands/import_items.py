from argparse import ArgumentParser
from pathlib import Path

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from tqdm import tqdm

from items.changes.recording import Author, recorded
from items.management.output import report
from items.models.item import WRITABLE
from items.spreadsheets.csv_import import SpreadsheetError, import_csv


class Command(BaseCommand):
    help = f"Import a CSV file in UTF-8: all rows or none. Columns: {', '.join(WRITABLE)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            with (
                open(file, "rb") as lines,
                tqdm(total=file.stat().st_size, unit="B", unit_scale=True, disable=None) as bar,
                recorded(Author("import", detail=file.name)),
            ):
                count = import_csv(lines, bar.update)
        except psycopg.errors.UndefinedTable as error:
            raise CommandError("The database has no tables yet. Run: manage.py migrate") from error
        except OperationalError as error:
            raise CommandError(
                f"{file}: the connection to the database broke ({str(error).strip()}). Look whether"
                " the items are in the list before you import the file again."
            ) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}. Nothing was imported.") from error
        except SpreadsheetError as error:
            raise CommandError(f"{file} {error} Nothing was imported.") from error
        result = f"Imported {count:,} {'item' if count == 1 else 'items'} from {file}."
        # The items are saved, so the exit status is 0: whoever tried again would have them twice.
        report(self, result)
