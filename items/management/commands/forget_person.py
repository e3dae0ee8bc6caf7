from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from items.changes.upkeep import NoName, forget_person
from items.management.output import report


class Command(BaseCommand):
    help = (
        "Take a person's name out of the history, with the names of their keys and files. What they"
        " changed stays. The account stays too: delete it in the admin, before or after."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name, as the history shows it")

    def handle(self, *, name: str, **options: object) -> None:
        try:
            count = sum(forget_person(name))
        except (NoName, UnicodeEncodeError) as error:  # the argument is not valid UTF-8
            raise CommandError(f"{name!r} is not the name of a person.") from error
        report(self, f"{name} is forgotten in {count:,} change sets.")
