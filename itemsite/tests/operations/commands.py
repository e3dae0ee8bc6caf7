"""Backups and restores, here and as processes of their own."""

import os
import subprocess
import sys

from django.core.management import call_command
from django.db import connection

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.database_url import database_url


def restore(*arguments):
    call_command("restore", *map(str, arguments))


def start(*arguments, database=None, **options):
    url = database_url(database or connection.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": url},
        **options,
    )
