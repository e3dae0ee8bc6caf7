"""The recipe of docs/adding-a-field.md, tried: its patch, on a copy of the checkout."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.db import connection

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.database_url import database_url

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PATCH = PROJECT / "docs/adding-a-field.patch"
FILES = re.findall(r"^\+\+\+ b/(.+)$", PATCH.read_text(), re.MULTILINE)
NOT_COPIED = shutil.ignore_patterns(".*", "var", "bench", "__pycache__")
TESTS = "items/tests/every_field"
FILES_MAX = 10  # apart from tests and translations


def try_patch(folder, tests, *options):
    """Apply the patch to a copy of the project and run tests of every field there."""
    shutil.copytree(PROJECT, folder, ignore=NOT_COPIED)
    applied = subprocess.run(
        ["git", "apply", *options, str(PATCH)], cwd=folder, capture_output=True, text=True
    )
    assert applied.returncode == 0, f"Make docs/adding-a-field.patch again:\n{applied.stderr}"
    arguments = ["-n", "0", "--tb", "short", "-p", "no:cacheprovider", tests]
    variables = {
        "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
        "STATEMENT_TIMEOUT_SECONDS": "0",  # to drop the database on a busy machine too
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )


def test_the_recipe_works(tmp_path):
    tried = try_patch(tmp_path / "copy", TESTS)

    assert tried.returncode == 0, tried.stdout[-5000:]
    assert len(FILES) <= FILES_MAX


@pytest.mark.parametrize("left_out", FILES)
def test_a_file_that_is_left_out_is_named(tmp_path, left_out):
    agreement = f"{TESTS}/test_agreement.py"  # it names the file, so the doors need not be tried

    tried = try_patch(tmp_path / "copy", agreement, f"--exclude={left_out}")

    named = left_out if (PROJECT / left_out).exists() else left_out.rpartition("/")[0] + "/"
    assert tried.returncode == 1, tried.stdout[-5000:]
    assert named in "\n".join(re.findall("^E .*", tried.stdout, re.MULTILINE))
