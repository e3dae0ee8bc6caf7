import pytest
from django.core.management import CommandError, call_command

from items.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_file(tmp_path):
    """Return a function that imports some bytes as a file."""

    def run(content):
        path = tmp_path / "items.csv"
        path.write_bytes(content)
        call_command("import_items", str(path), verbosity=0)

    return run


def test_imports_in_the_order_of_the_file(import_file, capsys):
    import_file(b'name,description\nBook,"A ""cool"" book,\nin two lines"\n Pen ,\n')

    assert list(Item.objects.order_by("id").values_list("name", "description")) == [
        ("Book", 'A "cool" book,\nin two lines'),
        ("Pen", ""),
    ]
    assert "Imported 2 items" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeffName;Description\r\nCafé;x\r\n".encode(), id="Excel in Europe"),
        pytest.param("description\tname\nx\tCafé\n".encode(), id="tabs, other order"),
        pytest.param(
            '\n"name","description"\n\n"Café","x"'.encode(), id="empty lines, no last end"
        ),
    ],
)
def test_reads_what_spreadsheets_write(import_file, content):
    import_file(content)

    assert list(Item.objects.values_list("name", "description")) == [("Café", "x")]


def test_description_may_be_left_out(import_file):
    import_file(b"name\nBook\n")

    assert Item.objects.get().description == ""


BAD = [
    pytest.param(b"", "line 1: The column 'name' is missing", id="empty file"),
    pytest.param(b"title\nBook\n", "line 1: The column 'name' is missing", id="no name"),
    pytest.param(
        b"name,price\nBook,1\n", "line 1: The column 'price' is unknown", id="unknown column"
    ),
    pytest.param(b"name,name\na,b\n", "line 1: The column 'name' appears twice", id="twice"),
    pytest.param(b"name\nok\n  \n", "line 3, column name: This field is required.", id="blank"),
    pytest.param(
        b'name,description\nok,"a\nb"\n"c\nd",x\n',
        "line 4, column name: Write one line",
        id="break",
    ),
    pytest.param(
        b"name\nok\n" + b"n" * 201, "line 3, column name: At most 200 characters.", id="long name"
    ),
    pytest.param(
        b"description,name\n" + b"d" * 10_001 + b",x\n",
        "line 2, column description: At most 10,000 characters.",
        id="long description",
    ),
    pytest.param(b"name,description\nok,x\na\n", "line 3: 1 cells", id="cell missing"),
    pytest.param(b"name\na,b\n", "line 2: 2 cells", id="cell too many"),
    pytest.param(b'name\nok\n"open\n', "line 3: This is not CSV", id="open quote"),
    pytest.param(b"name\nok\ncaf\xe9\n", "line 3: Byte 4 is not UTF-8", id="Latin-1"),
    pytest.param(b"name\na\0b\n", "line 2, column name: Null characters", id="NUL"),
    pytest.param(
        b"name\n" + b"d" * 200_000, "line 2: This is not CSV: field larger", id="huge cell"
    ),
]


@pytest.mark.parametrize(("content", "sentence"), BAD)
def test_names_the_first_bad_row_and_loads_nothing(import_file, content, sentence):
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        import_file(content)

    assert f"items.csv {sentence}" in str(caught.value)
    assert not Item.objects.exists()


def test_a_bad_row_far_down_is_named(import_file):
    rows = b"".join(b"item %d\n" % n for n in range(50_000))

    with pytest.raises(CommandError, match="line 50002, column name"):
        import_file(b"name\n" + rows + b"\t\n")

    assert not Item.objects.exists()


def test_a_missing_file_is_one_sentence():
    with pytest.raises(CommandError, match=r"nothing\.csv: No such file or directory"):
        call_command("import_items", "nothing.csv")
