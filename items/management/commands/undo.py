from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from items.changes.recording import Author
from items.changes.undo import NoChangeSet, undo
from items.database.sql import Busy
from items.management.output import report


class Command(BaseCommand):
    help = "Take back a change set of any size. What was changed since is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("change_set", type=int, help="its number, as in /changes/NUMBER/")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")

    def handle(self, *, change_set: int, dry_run: bool, **options: object) -> None:
        author = Author("command", detail="undo")
        try:
            told = undo(change_set, author, dry_run=dry_run, timeout_ms=0)  # no limit
        except NoChangeSet as error:
            raise CommandError(f"There is no change set {change_set}.") from error
        except Busy as error:
            raise CommandError(
                "Somebody is changing these items right now. Nothing was undone. Try again."
            ) from error
        result = (
            f"Removed: {told.removed:,}. Changed back: {told.changed:,}."
            f" Restored: {told.restored:,}. As before already: {told.already_back:,}."
            f" Kept, because they were changed since: {told.kept_count:,}."
        )
        if told.change_set_id and told.taken_back:
            result += f"\nThis is change set {told.change_set_id}."
        report(self, result)
