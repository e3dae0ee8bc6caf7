"""CSV and its relatives: encodings, separators, records, line numbers."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from items.tests.spreadsheets.reader.reading import read_here, read_text

ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with mark": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-le with mark": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be": ("utf-16-be", b""),
    "utf-16-be with mark": ("utf-16-be", b"\xfe\xff"),
    "utf-32-le with mark": ("utf-32-le", b"\xff\xfe\0\0"),
    "utf-32-be with mark": ("utf-32-be", b"\0\0\xfe\xff"),
    "cp1252": ("cp1252", b""),
    "mac_roman": ("mac_roman", b""),
}
SAMPLES = {
    "german": [("Büroschränke", "für Akten – groß"), ("Schlüssel", "„alt“, 250 €")],
    "french": [("Cafetière", "émaillée, façon d’été"), ("Théière", "fonte à cœur")],
    "spanish": [("Cañón", "montaña y jardín, año"), ("Lámpara", "de pie; ¿útil?")],
}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def written(rows, separator=",", line_end="\r\n", **options):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=line_end, **options).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("rows", SAMPLES.values(), ids=SAMPLES)
def test_encoding_and_separator(tmp_path, rows, encoding, separator):
    name, mark = encoding
    path = tmp_path / "list.csv"
    path.write_bytes(mark + written([("name", "notes"), *rows], separator).encode(name))

    found = read_here(path)

    assert found.read["encoding"] == name
    assert found.read["separator"] == separator
    assert found.texts("name", "description") == rows


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_of_other_scripts(tmp_path, encoding):
    text = "name,description\nЗамок,дверной\nКлюч,запасной\nМолоток,большой\n"

    found = read_text(tmp_path, text.encode(encoding))

    assert found.read["encoding"] == encoding
    assert found.texts("name") == [("Замок",), ("Ключ",), ("Молоток",)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NASTY = st.text(st.sampled_from("a,;\t\"'\r\n \u2028\x85\x0b\x1c\\N="), max_size=6)
NAME = st.builds("x{}".format, TEXT | NASTY)  # a row of empty cells is none


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.tuples(NAME, TEXT | NASTY), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(list(ENCODINGS)[:8]),
)
@example([("x\u2028\x85\x0b", "\r"), ("y", "")], ",", "\r\n", "utf-8")
def test_reads_what_csv_writes(tmp_path_factory, rows, separator, line_end, encoding):
    name, mark = ENCODINGS[encoding]
    path = tmp_path_factory.getbasetemp() / "list.csv"
    # Python quotes a line end of another system only if it is told to.
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    text = written([("name", "description"), *rows], separator, line_end, quoting=quoting)
    path.write_bytes(mark + text.encode(name))

    found = read_here(path, encoding=None if mark else name)

    assert found.texts("name", "description", "problem") == [(*row, []) for row in rows]


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(NAME, min_size=1, max_size=5))
def test_reads_one_column(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "one.csv"
    path.write_bytes(written([("name",), *((row,) for row in rows)]).encode())

    found = read_here(path, separator="")

    assert found.texts("name", "description", "problem") == [(row, None, []) for row in rows]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_line_numbers(tmp_path, line_end):
    lines = [
        "name,description",
        'a,"two',
        'lines"',
        "",
        "b\u2028b,\x85\x0b",
        'c"d,"broken" x',
        "e,f",
    ]

    found = read_text(tmp_path, line_end.join(lines))

    assert [row["line"] for row in found.rows] == [2, 5, 6, 7]
    assert found.texts("name")[1] == ("b\u2028b",)
    assert found.faults() == {6: [(None, "bad_quote")]}


def test_sep_line_names_any_separator(tmp_path):
    found = read_text(tmp_path, "sep=|\r\nname|notes\r\na,b;c|d\r\n")

    assert found.read["separator"] == "|"
    assert found.texts("line", "name", "description") == [(3, "a,b;c", "d")]


def test_chosen_separator_and_encoding_win(tmp_path):
    found = read_text(
        tmp_path, "name|a,b\nБ,1|2,3\n".encode("cp1251"), separator="|", encoding="cp1251"
    )

    assert found.read["heads"] == ["name", "a,b"]
    assert found.rows[0]["name"] == "Б,1"


def test_damaged_place_costs_its_row(tmp_path):
    found = read_text(
        tmp_path,
        "name,notes\nThé,é\nTass\xe9,x\nÉté,é\n".encode().replace(b"Tass\xc3\xa9", b"Tass\xe9"),
    )

    assert found.read["encoding"] == "utf-8"
    assert found.faults() == {3: [("name", "not_utf8")]}
    assert found.rows[1]["name"] == "Tass\ufffd"


def test_half_a_character_of_utf_16_costs_its_row(tmp_path):
    text = "name,notes\nA,b\n".encode("utf-16-le") + b"\x00\xd8" + "x,y\nC,d\n".encode("utf-16-le")

    found = read_text(tmp_path, b"\xff\xfe" + text)

    assert found.faults() == {3: [("name", "not_in_encoding")]}
    assert found.rows[2]["name"] == "C"


def test_open_quote_costs_its_line(tmp_path):
    found = read_text(tmp_path, 'name,notes\na,"b\n' + "c,d\n" * 100_000)

    assert len(found.rows) == 100_001
    assert found.faults() == {2: [(None, "open_quote")]}


@pytest.mark.long  # takes minutes if each line is read again and again
def test_many_open_quotes_take_no_time(tmp_path):
    found = read_text(tmp_path, "name,notes\n" + 'x","\n' * 60_000)

    assert len(found.rows) == 60_000
    assert set(map(str, found.faults()[2])) == {"(None, 'open_quote')"}


def test_long_record_costs_its_line(tmp_path):
    found = read_text(tmp_path, f"name,notes\na,{'x' * 200_001}\nb,c\n")

    assert found.faults() == {2: [(None, "too_long")]}
    assert found.rows[1]["name"] == "b"


def test_pasted_cells(tmp_path):
    pasted = 'Name\tNotes\r\nPipe 5"\t2 m\r\n"quoted" word\tx\r\nBox\t"top\r\nbottom"\r\n'

    found = read_text(tmp_path, pasted, door="paste")

    assert found.texts("line", "name", "description", "problem") == [
        (2, 'Pipe 5"', "2 m", []),
        (3, '"quoted" word', "x", []),
        (4, "Box", "top\nbottom", []),
    ]


def test_uploaded_line_ends_stay(tmp_path):
    found = read_text(tmp_path, 'name,notes\r\nBox,"top\r\nbottom"\r\n')

    assert found.rows[0]["description"] == "top\r\nbottom"


@pytest.mark.parametrize(
    ("text", "door", "separator"),
    [
        ("Nails, 3 inch", "paste", ""),
        ("Nails, 3 inch\nSaw\n", "paste", ""),
        ("Nail\t3 inch", "paste", "\t"),
        ("Nails,3 inch\n", "upload", ","),
        ("name\nNails, 3 inch\nScrews, 2 inch\n", "upload", ""),
        ("Saw, big;x\nAxe, small;y\n", "upload", ";"),
        ("Name;Foo,Bar\nx;y\n", "upload", ";"),
    ],
)
def test_separator(tmp_path, text, door, separator):
    assert read_text(tmp_path, text, door=door).read["separator"] == separator
