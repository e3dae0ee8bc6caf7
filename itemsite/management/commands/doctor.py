import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from items.management.output import try_to_write
from itemsite.operations.doctor.examine import examine
from itemsite.operations.doctor.findings import exit_status
from itemsite.operations.doctor.report import as_json, as_text


class Command(BaseCommand):
    help = (
        "Say what is wrong with this site: settings, files, disks, PostgreSQL, database, backups."
        " Each finding has the line that mends it. Changes nothing. Exit status: 0 if all is well,"
        " 1 if there are warnings, 2 if there are faults."
    )
    requires_system_checks = []  # it makes them itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *, json: bool, **options: object) -> None:
        findings = examine()
        try_to_write(self.stdout, as_json(findings) if json else as_text(findings))
        if status := exit_status(findings):
            sys.exit(status)
