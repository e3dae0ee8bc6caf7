from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from items.changes.upkeep import NothingToErase, erase
from items.management.output import report, try_to_write


class Command(BaseCommand):
    help = (
        "Erase the texts that a version of an item replaced, for example a password that somebody"
        " pasted and then removed. If the item still contains it, change the item first. Answers"
        " kept for retries contain new items for 24 hours; backups and PostgreSQL's WAL can contain"
        " the text longer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("item", type=int, help="the number of the item")
        parser.add_argument("version", type=int, help="the version whose old texts are erased")

    def handle(self, *, item: int, version: int, **options: object) -> None:
        try:
            erased = erase(item, version)
        except NothingToErase as error:
            raise CommandError(
                f"Version {version} of item {item} replaced no text, or is not in the history."
            ) from error
        fields = ", ".join(erased.fields)
        report(self, f"Erased what version {version} of item {item} replaced: {fields}.")
        if erased.also_replaced_by:
            versions = ", ".join(map(str, erased.also_replaced_by))
            told = f"One of these texts was also replaced by version {versions}."
            try_to_write(self.stderr, told)
        if erased.is_current:
            try_to_write(self.stderr, "The item still contains one of these texts.")
