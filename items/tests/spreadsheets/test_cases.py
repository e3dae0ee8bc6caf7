"""Files as people have them, and what the reader alone can know of each: see cases/README.md."""

import json
import re
from pathlib import Path

import pytest

from items.spreadsheets.problems import sentence
from items.spreadsheets.reading import Refused
from items.tests.spreadsheets.cases.make_large import make_large, write_wide
from items.tests.spreadsheets.reader.reading import read_file

CASES = Path(__file__).parent / "cases"
MANIFEST = json.loads((CASES / "manifest.json").read_text())
KEPT = [case for case in MANIFEST if not case.get("made")]
# What the rules of the import say, not the reader; the rows' statuses as well
BY_RULES = {"23-ids-of-an-emptied-list.csv", "41-empty-cells-by-id.csv"}
# What the reader reads, though it could refuse it
READ = {"30-workbook-called.csv", "32-libreoffice.ods", "37-array.json"}


@pytest.mark.parametrize("case", KEPT, ids=[case["file"] for case in KEPT])
def test_case(case):
    check(case, CASES / case["file"])


def test_five_thousand_columns(tmp_path):
    case = next(case for case in MANIFEST if case["file"].startswith("39"))
    write_wide(tmp_path / case["file"])

    check(case, tmp_path / case["file"])


@pytest.mark.long  # packs a gigabyte
def test_bomb(tmp_path):
    case = next(case for case in MANIFEST if case["file"].startswith("40"))
    make_large(tmp_path)

    check(case, tmp_path / case["file"])


def check(case, path):
    if case["refused"] and not (case.get("refused_or_rows") and case["file"] in READ):
        with pytest.raises(Refused, match=f"(?i){case['refused']}"):
            read_file(path, door=case["door"])
        return
    found = read_file(path, door=case["door"])
    assert {key: found.read[key] for key in case["read"]} == case["read"]
    said = " ".join(found.says) + json.dumps(found.read, ensure_ascii=False)
    for wanted in case["says"] if case["file"] not in BY_RULES else []:
        assert re.search(wanted, said, re.I), found.says
    assert [row["line"] for row in found.rows] == [row["line"] for row in case["rows"]]
    for row, wanted in zip(found.rows, case["rows"], strict=True):
        check_row(row, wanted)


def check_row(row, wanted):
    told = [sentence(fault) for fault in row["problem"]]
    if wanted["status"] != "wrong":
        assert not told
    elif told:  # otherwise a rule of the import says it
        assert re.search(wanted["why"], " ".join(told), re.I)
    if wanted["status"] == "new" and "'" not in (row["name"] or ""):
        assert row["name"].strip() == wanted["name"]
    if wanted["status"] == "new" and "description" in wanted:
        text = "\n".join(filter(None, (row["description"], row["extra"])))
        assert text.removeprefix("'") == wanted["description"].removeprefix("'")
