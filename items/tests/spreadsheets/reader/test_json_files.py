"""JSON arrays, objects with an array, and NDJSON."""

import json

import pytest

from items.spreadsheets.reading import Refused
from items.tests.spreadsheets.reader.reading import read_text

ROWS = [{"name": "A", "description": "x\ny"}, {"id": 7, "name": "B", "colour": "red"}]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (json.dumps(ROWS), "json"),
        (json.dumps(ROWS, indent=2), "json"),
        (json.dumps({"items": ROWS}), "json"),
        (json.dumps({"count": 2, "tags": ["a"], "items": ROWS, "next": None}, indent=1), "json"),
        ("\ufeff" + json.dumps(ROWS), "json"),
        ("\n".join(json.dumps(row, indent=1) for row in ROWS), "json"),
        ("\n".join(map(json.dumps, ROWS)), "ndjson"),
        ("\n".join(map(json.dumps, ROWS)) + "\n\n", "ndjson"),
    ],
)
def test_shapes(tmp_path, text, kind):
    found = read_text(tmp_path, text)

    assert found.read["kind"] == kind
    assert found.read["columns"] == {"id": "id", "name": "name", "description": "description"}
    assert found.read["other_columns"] == ["colour"]
    assert found.texts("line", "id", "name", "description", "extra") == [
        (1, None, "A", "x\ny", None),
        (2, "7", "B", None, "colour: red"),
    ]


def test_a_single_object(tmp_path):
    assert read_text(tmp_path, '{\n "name": "A"\n}').texts("name") == [("A",)]


def test_bad_lines_cost_their_row(tmp_path):
    lines = ['{"name": "A"}', '{"name": ', "", "[1]", '{"name": 5}', '{"name": "\\u0000"}']
    lines += ['{"name": "\\ud800"}', '{"name": null, "id": 1.0}', '{"name": "B"}']

    found = read_text(tmp_path, "\n".join(lines))

    assert found.faults() == {
        2: [(None, "not_json")],
        4: [(None, "not_object")],
        5: [("name", "not_string")],
        6: [("name", "null_character")],
        7: [("name", "half_character")],
    }
    assert found.texts("line", "id", "name")[-2:] == [(8, "1.0", None), (9, None, "B")]


def test_other_values_are_kept_as_json(tmp_path):
    row = {"name": "A", "n": 4.5, "on": True, "tags": ["a", "ü"], "none": None, "more": "a\r\nb"}

    found = read_text(tmp_path, json.dumps([row]))

    assert found.rows[0]["extra"] == 'n: 4.5\non: true\ntags: ["a", "ü"]\nmore: a\nb'


def test_late_keys(tmp_path):
    rows = [*[{"name": "A"}] * 300, {"name": "B", "colour": "red"}]

    assert read_text(tmp_path, json.dumps(rows)).rows[-1]["extra"] == "colour: red"
    assert read_text(tmp_path, json.dumps(rows), other_columns="leave").rows[-1]["extra"] is None
    refused = read_text(tmp_path, json.dumps(rows), other_columns="refuse")
    assert refused.faults() == {301: [(None, "unknown_columns")]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"name": "A"}, {"name": ]', "after 1 object"),
        ('[{"name": "A"} {"name": "B"}]', "damaged"),
        ('[{"name": "A"}', "damaged"),
        ('{"items": [{"name": "A"}', "damaged"),
        ('[{"url": "https://example.com"}]', "name"),
        ('[{"name": ' + "[" * 100_000, "damaged"),
        ('[{"name": "A"}]\n[{"name": "B"}]', "after 1 object"),
        ('{"items": [{"name": "A"}], "next": null}\n{"items": []}', "after 1 object"),
        ('{"items": [{"name": "A"}], "next": ', "damaged"),
    ],
)
def test_refuses(tmp_path, text, sentence):
    with pytest.raises(Refused, match=sentence):
        read_text(tmp_path, text)


def test_objects_longer_than_a_block(tmp_path):
    rows = [{"name": f"A{number}", "description": "x" * number * 40_000} for number in range(5)]

    found = read_text(tmp_path, json.dumps(rows))

    assert found.texts("name", "description") == [tuple(row.values()) for row in rows]
