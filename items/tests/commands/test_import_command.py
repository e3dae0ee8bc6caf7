import io
import json
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from items.models import ChangeSet, Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_file(tmp_path):
    """Return a function that imports some bytes as a file, and gives the exit status."""

    def run(content, *options):
        path = tmp_path / "items.csv"
        path.write_bytes(content)
        return status_of(str(path), *options)

    return run


def status_of(*arguments):
    try:
        call_command("import_items", *arguments)
    except CommandError as error:
        return error.returncode
    except SystemExit as end:
        return end.code
    return 0


def the_list():
    return list(Item.objects.order_by("id").values_list("name", "description"))


def test_imports_in_the_order_of_the_file(import_file, capsys):
    status = import_file(b'name,description\nBook,"A ""cool"" book,\nin two lines"\n Pen ,\n')

    assert status == 0
    assert the_list() == [("Book", 'A "cool" book,\nin two lines'), ("Pen", "")]
    assert capsys.readouterr().out.startswith("Imported 2 items from ")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeffName;Description\r\nCafé;x\r\n".encode(), id="Excel in Europe"),
        pytest.param("Name;Description\r\nCafé;x\r\n".encode("cp1252"), id="Windows-1252"),
        pytest.param("description\tname\nx\tCafé\n".encode(), id="tabs, other order"),
        pytest.param('[{"name": "Café", "description": "x"}]'.encode(), id="JSON"),
    ],
)
def test_reads_what_spreadsheets_write(import_file, content):
    assert import_file(content) == 0

    assert the_list() == [("Café", "x")]


def test_the_same_file_again_has_nothing_to_do(import_file, capsys):
    import_file(b"name\nBook\nPen\n")
    before = ChangeSet.objects.count()

    status = import_file(b"name\nBook\nPen\n")

    assert status == 0
    assert "Imported 0 items" in capsys.readouterr().out
    assert ChangeSet.objects.count() == before


def test_good_rows_go_in_and_others_are_named(import_file, capsys):
    status = import_file(b"name,description\nBook,\n,no name\nPen,a,b\n")

    assert status == 1
    assert the_list() == [("Book", "")]
    told = capsys.readouterr().out
    assert "Left out: 2." in told
    assert "line 3, column name: This field is required." in told
    assert "line 4, This line has 3 cells" in told


def test_only_bad_rows_are_nothing(import_file):
    assert import_file(b"name,description\n,x\n") == 2


def test_a_bad_row_far_down_is_named(import_file, capsys):
    rows = b"".join(b"item %d\n" % n for n in range(5_000))

    assert import_file(b"name,description\n" + rows.replace(b"\n", b",\n") + b",x\n") == 1

    assert "line 5002, column name" in capsys.readouterr().out
    assert Item.objects.count() == 5_000


def test_a_dry_run_only_tells(import_file, capsys):
    status = import_file(b"name\nBook\n", "--dry-run")

    assert status == 0
    assert not Item.objects.exists()
    assert "Would import" in capsys.readouterr().out


def test_other_columns_are_refused_until_somebody_chooses(import_file):
    content = b"name,price\nBook,3\n"

    assert import_file(content) == 2
    assert import_file(content, "--other-columns", "leave") == 0
    assert the_list() == [("Book", "")]
    assert import_file(content, "--other-columns", "keep") == 0
    assert the_list() == [("Book", "price: 3")]


def test_what_looks_like_an_item_can_be_added_or_change_it(import_file):
    Item.objects.create(name="Book")

    assert import_file(b"name\nBOOK\n") == 2
    assert import_file(b"name\nBOOK\n", "--close", "change") == 0
    assert the_list() == [("BOOK", "")]
    assert import_file(b"name\nbook\n", "--close", "add") == 0
    assert the_list() == [("BOOK", ""), ("book", "")]


def test_unknown_ids_can_be_added(import_file):
    assert import_file(b"id,name\n123456,Book\n") == 2
    assert import_file(b"id,name\n123456,Book\n", "--unknown-ids", "add") == 0

    assert the_list() == [("Book", "")]


def test_the_report_is_that_of_scripts(import_file, capsys):
    import_file(b"name,description\nBook,\n,x\n", "--report")

    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"new": 1, "wrong": 1}
    assert told["imported"] == {"new": 1, "changed": 0}
    assert [row["status"] for row in told["rows"]] == ["new", "wrong"]


def test_what_is_left_out_comes_back_as_a_file(import_file, tmp_path):
    content = "Name;Größe;Notiz\nBook;1;\n;2;x\nbook;3;\n".encode("cp1252")

    import_file(content, "--other-columns", "keep", "--left-out", str(tmp_path / "rest.csv"))

    rest = (tmp_path / "rest.csv").read_bytes().decode("cp1252")
    assert [line.split(";")[:3] for line in rest.splitlines()] == [
        ["Name", "Größe", "Notiz"],
        ["", "2", "x"],
        ["book", "3", ""],
    ]
    assert "This field is required." in rest


def test_reads_the_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"name\nBook\n")))

    assert status_of("-") == 0

    assert the_list() == [("Book", "")]
    assert ChangeSet.objects.latest("id").detail == "standard input"


REFUSED = [
    pytest.param(b"", "empty", id="empty file"),
    pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture", id="picture"),
    pytest.param(b"name,price\nBook,1\n", "--other-columns keep", id="other column"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "items.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("import_items", str(path))

    assert caught.value.returncode == 2


def test_a_missing_file_is_one_sentence():
    with pytest.raises(CommandError, match=r"nothing\.csv: No such file or directory") as caught:
        call_command("import_items", "nothing.csv")

    assert caught.value.returncode == 2
