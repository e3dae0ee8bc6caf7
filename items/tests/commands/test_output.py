"""What a command says when its output cannot be written: what became of the data."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.db import connection

from items.models import ApiKey, ChangeSet, Item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.fixture
def manage(settings):
    """Return a function that runs manage.py as a process, on the database of this test."""

    def run(*arguments, **streams):
        from itemsite.tests.database_url import database_url

        url = database_url(connection.settings_dict["NAME"])
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams,
        )

    return run


@pytest.fixture
def full():
    with open("/dev/full", "wb") as device:
        yield device


@pytest.fixture
def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("output", ["full", "closed_pipe"])
def test_an_import_that_cannot_report_says_that_it_is_done(manage, tmp_path, request, output):
    file = tmp_path / "items.csv"
    file.write_text("name\nBook\n")

    ended = manage("import_items", str(file), stdout=request.getfixturevalue(output))

    assert Item.objects.count() == 1
    assert ended.returncode == 0
    assert ended.stderr.startswith(b"Imported 1 item from ")
    assert b"could not be written" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_an_import_ends_well_without_any_output(manage, tmp_path, full):
    file = tmp_path / "items.csv"
    file.write_text("name\nBook\n")

    ended = manage("import_items", str(file), stdout=full, stderr=full)

    assert Item.objects.count() == 1
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["undo", "{change_set}"], b"Removed: 1."),
        (["prune_history", "--older-than", "1d"], b"Deleted 0 change sets"),
        (["forget_person", "ada"], b"ada is forgotten in 0 change sets."),
        (["erase_history", "{item}", "2"], b"Erased what version 2"),
    ],
)
def test_a_change_of_the_history_that_cannot_report_says_that_it_is_done(
    manage, full, arguments, told
):
    item = Item.objects.create(name="Book")
    change_set = ChangeSet.objects.latest("id").pk
    if "erase_history" in arguments:
        Item.objects.update(name="Tome")

    words = (word.format(item=item.pk, change_set=change_set) for word in arguments)
    ended = manage(*words, stdout=full)

    assert ended.returncode == 0
    assert ended.stderr.startswith(told)
    assert b"could not be written" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_a_file_name_can_be_written_in_any_encoding(manage, tmp_path, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    file = os.fsencode(tmp_path) + "/Möbel 木.csv".encode() + b"\xe9"
    with open(file, "wb") as cells:
        cells.write(b"name\nBook\n")

    ended = manage("import_items", file)

    assert Item.objects.count() == 1
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(b"Imported 1 item from ")


def test_a_key_that_nobody_saw_does_not_exist(manage, full):
    User.objects.create_user("ada")

    ended = manage("create_api_key", "nightly", "--user", "ada", stdout=full)

    assert not ApiKey.objects.exists()
    assert ended.returncode == 1
    assert b"The key was deleted again" in ended.stderr


def test_a_key_is_shown_without_the_sentence_about_it(manage, full):
    User.objects.create_user("ada")

    ended = manage("create_api_key", "nightly", "--user", "ada", stderr=full)

    assert ended.returncode == 0
    assert ended.stdout.startswith(b"itemsite_")


@pytest.mark.parametrize("number", [1, 2], ids=["stdout", "stderr"])
def test_does_nothing_if_an_output_is_closed(manage, tmp_path, number):
    file = tmp_path / "items.csv"
    file.write_text("name\nBook\n")

    ended = manage("import_items", str(file), preexec_fn=lambda: os.close(number))

    assert not Item.objects.exists()
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert number == 2 or b"Nothing was done." in ended.stderr
