from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from items.changes.upkeep import prune
from items.management.output import report
from items.models.api_key import read_lifetime


class Command(BaseCommand):
    help = (
        "Delete the oldest part of the history. Items stay as they are. What is deleted cannot be"
        " undone any more, and addresses of items that were deleted in that time answer 404."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", required=True, metavar="365d", help="an age: 12h, 30d, 8w, 1y"
        )

    def handle(self, *, older_than: str, **options: object) -> None:
        try:
            before = timezone.now() - read_lifetime(older_than)
        except ValueError as error:
            raise CommandError(f"--older-than: {error}") from error
        count = sum(prune(before))
        if count and not connection.in_atomic_block:  # or the next readers would pay for it
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE) items_changeset, items_change")
        report(self, f"Deleted {count:,} change sets made before {before:%Y-%m-%d %H:%M} UTC.")
