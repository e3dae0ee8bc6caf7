"""The rules of a row, and the sentences of what breaks them."""

import pytest
from django.db import connection

from items.models import Item
from items.models.rules import SPACE
from items.spreadsheets.problems import sentence
from items.spreadsheets.row_problems import SENTENCES
from items.spreadsheets.staging import Rights, report
from items.tests.spreadsheets.staging.rows import judged, staged

pytestmark = pytest.mark.django_db


def only_row(**row):
    [told] = report(staged(row))["rows"]
    return told


def errors_of(row):
    return [f"{error['column']}: {error['detail']}" for error in row["errors"]]


WRONG = [
    pytest.param({"name": ""}, "name: This field is required.", id="empty"),
    pytest.param({}, "name: This field is required.", id="no name"),
    pytest.param(
        {"name": " \u200b\u3164\u00a0"}, "name: This field is required.", id="looks empty"
    ),
    pytest.param(
        {"name": "n" * 201}, "name: At most 200 characters; this has 201.", id="long name"
    ),
    pytest.param(
        {"name": "x", "description": "d" * 10_001},
        "description: At most 10,000 characters; this has 10,001.",
        id="long text",
    ),
    pytest.param(
        {"name": "x", "description": "d" * 9_990, "extra": "Colour: red"},
        "description: At most 10,000 characters; this has 10,002.",
        id="long with the lines of other columns",
    ),
    pytest.param({"name": "a\nb"}, "name: Write one line.", id="two lines"),
    pytest.param({"name": "a\u2028b"}, "name: Write one line.", id="line separator"),
    pytest.param(
        {"name": "x", "id": "-4"}, "id: -4 is no id. Ids are whole numbers", id="negative"
    ),
    pytest.param({"name": "x", "id": "1E+03"}, "id: 1E+03 is no id.", id="exponent"),
    pytest.param({"name": "x", "id": "0"}, "id: 0 is no id.", id="zero"),
    pytest.param({"name": "x", "id": "٣"}, "id: ٣ is no id.", id="other digits"),
    pytest.param({"name": "x", "id": "9" * 19}, "id: There is no item 99999", id="beyond bigint"),
    pytest.param({"name": "x", "id": '"\\'}, 'id: "\\ is no id.', id="id of signs"),
    pytest.param({"name": "x", "id": "7"}, "id: There is no item 7.", id="no such item"),
]


@pytest.mark.parametrize(("row", "why"), WRONG)
def test_a_row_that_breaks_a_rule_is_wrong(row, why):
    told = only_row(**row)

    assert told["status"] == "wrong"
    [error] = errors_of(told)
    assert error.startswith(why)


def test_every_fault_of_a_row_is_told():
    told = only_row(id="x", name="n\n" * 201, description="d" * 10_001)

    assert [error["code"] for error in told["errors"]] == [
        "not_an_id",
        "too_many_characters",
        "one_line",
        "too_many_characters",
    ]


def test_what_the_reader_found_is_kept():
    problem = '[{"column": null, "code": "many_lines", "lines": 2, "value": "1"}]'

    told = only_row(name="Book", problem=problem)

    assert told["status"] == "wrong"
    assert [error["code"] for error in told["errors"]] == ["many_lines"]


@pytest.mark.parametrize(
    ("cell", "saved"),
    [("\ufeff Book\u3000", "\ufeff Book"), ("\x1f\t Book \x85", "Book"), ("'tis", "'tis")],
)
def test_space_around_a_name_is_taken_away_as_by_every_door(cell, saved):
    assert only_row(name=cell)["name"] == saved


def test_python_and_the_statement_agree_about_space():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chr(n) FROM generate_series(1, 55295) AS n WHERE chr(n) ~ %s", [f"[{SPACE}]"]
        )
        spaces = [character for (character,) in cursor.fetchall()]

    assert all(not character.strip() for character in spaces)
    assert only_row(name="".join(spaces) + "x")["name"] == "x"


def test_a_text_is_kept_to_the_letter_with_lf_as_line_ends():
    told = only_row(name="Poem", description="  two\r\n\tthree\rfour\n\n")

    assert told["description"] == "  two\n\tthree\nfour\n\n"


FORMULAS = [
    pytest.param("'=1+1", "=1+1", id="ours"),
    pytest.param("''=x", "'=x", id="ours before an apostrophe"),
    pytest.param("=1+1", "=1+1", id="a formula"),
    pytest.param("'tis", "'tis", id="an apostrophe of a word"),
    pytest.param("''", "''", id="two apostrophes"),
    pytest.param("'\tx", "\tx", id="a tab"),
    pytest.param("'\uff20x", "\uff20x", id="full width"),
]


@pytest.mark.parametrize(("cell", "text"), FORMULAS)
def test_one_apostrophe_before_a_formula_goes_away_in_csv(cell, text):
    [row] = report(staged({"name": "x", "description": cell}))["rows"]
    [of_a_workbook] = report(staged({"name": "x", "description": cell}, is_text=False))["rows"]

    assert row["description"] == text
    assert of_a_workbook["description"] == cell


@pytest.mark.parametrize("is_text", [True, False])
def test_a_cell_equal_to_the_text_with_or_without_its_mark_is_unchanged(is_text):
    Item.objects.create(id=1, name="=1", description="'=2")
    rows = [
        {"id": "1", "name": n, "description": d} for n in ("=1", "'=1") for d in ("'=2", "''=2")
    ]

    assert [judged(row, is_text=is_text) for row in rows] == [[("unchanged", 1)]] * 4


@pytest.mark.parametrize("text", ["=x", "'=x", "''=x", "'x", "", "x", "\uff0b1", "-", "'"])
def test_escape_and_unescape_are_each_others_way_back(text):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT items_unescape(items_escape(%s)), left(items_escape(%s), 1)", [text, text]
        )
        [(back, first)] = cursor.fetchall()

    assert back == text
    assert first not in list("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")


def test_the_functions_are_inlined():
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN VERBOSE SELECT items_escape(name), items_unescape(name) FROM items_item"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "ascii(" in plan
    assert "items_" not in plan.partition("Output:")[2].replace("items_item", "")


def test_rows_need_the_right_to_do_what_they_do():
    Item.objects.create(id=1, name="Book")
    rows = [{"id": "1", "name": "Tome"}, {"name": "Pen"}, {"name": "book"}]

    nothing = staged(*rows, rights=Rights(may_add=False, may_change=False))
    adds = staged(*rows, rights=Rights(may_add=True, may_change=False))

    assert nothing.counts == {"wrong": 2, "close": 1}
    assert adds.counts == {"wrong": 1, "new": 1, "close": 1}
    assert "permission to change" in report(adds)["rows"][0]["errors"][0]["detail"]


def test_lines_below_a_text_that_becomes_too_long_are_wrong():
    Item.objects.create(id=1, name="Book", description="d" * 9_995)

    [row] = report(staged({"name": "Book", "extra": "Colour: red"}))["rows"]

    assert row["status"] == "wrong"
    assert "this has 10,007" in row["errors"][0]["detail"]


def test_what_would_become_empty_is_counted():
    Item.objects.create(id=1, name="Book", description="cool")
    Item.objects.create(id=2, name="Pen", description="")

    upload = staged(*({"id": n, "name": n, "description": ""} for n in ("1", "1", "2")), ids="use")

    assert upload.about["says"][0] | {"code": "emptied", "count": 1} == upload.about["says"][0]


def test_a_file_without_rows_says_so():
    upload = staged()

    assert upload.counts == {}
    assert report(upload)["says"] == ["There are no rows: nothing to import."]


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_can_be_written(code):
    members = dict.fromkeys(
        ("value", "item", "line", "max", "length", "lines", "count", "of"), 1234
    )

    assert "%" not in sentence({"code": code} | members)
