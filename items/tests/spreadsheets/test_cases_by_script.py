"""Nasty spreadsheets by the door of scripts and by the form; cases/ has what people expect of each.

manifest.json is a list of cases:

    file, about     the file beside it, and what is odd about it
    door            upload, or paste: its text is pasted into the form
    list            the items [id, name, description] that are there before
    refused         the file cannot be read, and the sentence matches this, whatever its case
    refused_or_rows either that, or the rows
    says            what is said once, for the whole file (patterns, case aside)
    read            how it is read
    rows            every row that must be told, and no other (rows_are_some: these among others);
                    column and why are those of an error, also are further ones
    count           how many rows have a status
    after           the list afterwards; null: the old items as changed by the rows, then the new
    must_not        what would be a failure whatever else is right, for people
"""

import json
import re
import zipfile
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files import File
from django.db import connection

from items.models import Item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
FOLDER = Path(__file__).with_name("cases")
CASES = json.loads((FOLDER / "manifest.json").read_text())
TYPES = {".json": "application/json", ".xlsx": "application/vnd.ms-excel"}
COMPARED = ("name", "description", "item", "twin_item", "twin_line")

XML = '<?xml version="1.0"?>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    '.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def many_columns(path):
    heads = ["name", "description", *(f"c{n}" for n in range(4998))]
    cells = ["Wide", "still read", *["x"] * 4998]
    path.write_text(",".join(heads) + "\n" + ",".join(cells) + "\n")


def zip_bomb(path):
    """Write a workbook of 1 MB that unpacks to 1 GB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in WORKBOOK.items():
            archive.writestr(name, XML + text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for _ in range(1000):
                sheet.write(b" " * 1_000_000)
            sheet.write(b"</sheetData></worksheet>")


TOO_LARGE_TO_KEEP = {"39-five-thousand-columns.csv": many_columns, "40-zip-bomb.xlsx": zip_bomb}


@pytest.fixture
def content_of(tmp_path):
    def read(name):
        if name not in TOO_LARGE_TO_KEEP:
            return (FOLDER / name).read_bytes()
        TOO_LARGE_TO_KEEP[name](tmp_path / name)
        return (tmp_path / name).read_bytes()

    return read


@pytest.fixture(autouse=True)
def begin_at_1001():
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('items_item', 'id'), 1, false)")


def the_list():
    items = Item.objects.order_by("id").values_list("id", "name", "description")
    return [list(item) for item in items]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_file_is_read_as_a_person_expects(client, content_of, case):
    Item.objects.bulk_create(Item(id=i, name=n, description=d) for i, n, d in case["list"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('items_item', 'id'), 1000)")
    content = content_of(case["file"])

    def send(dry_run):
        query = f"other_columns=keep&dry_run={dry_run}&paste={int(case['door'] == 'paste')}"
        kind = TYPES.get(Path(case["file"]).suffix, "text/csv")
        return client.generic("POST", f"/items/import/?{query}", content, kind)

    preview = send(1)
    told = preview.json()

    assert the_list() == case["list"]
    if preview.status_code == 422:
        assert re.search(case["refused"] or "never", told["detail"], re.IGNORECASE)
        return
    assert preview.status_code == 200, told
    assert not case["refused"] or case.get("refused_or_rows")
    assert faults_of(case, told) == []

    assert send(0).status_code == 200
    assert is_as_expected(case, the_list())
    again = send(1).json()["counts"]
    assert not again.keys() & {"new", "changed"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_the_form_shows_what_the_script_is_told(client, content_of, case):
    Item.objects.bulk_create(Item(id=i, name=n, description=d) for i, n, d in case["list"])
    content = content_of(case["file"])
    is_paste = case["door"] == "paste"
    query = f"other_columns=keep&dry_run=1&paste={int(is_paste)}"
    told = client.generic("POST", f"/items/import/?{query}", content, "text/csv").json()
    sent = (
        {"cells": content.decode()} if is_paste else {"file": File(BytesIO(content), case["file"])}
    )

    response = client.post("/items/import/", sent, headers={"Accept": "text/html"}, follow=True)

    page = unescape(response.text)
    if "counts" not in told:
        assert response.status_code == 422
        assert told["detail"] in page
        return
    found = re.findall(r'href="\?status=(\w+)[^"]*"[^>]*>([\d,]+) ', page)
    counts = {status: int(number.replace(",", "")) for status, number in found}
    assert counts == {status: count for status, count in told["counts"].items() if count}
    assert [said for said in told["says"] if said.rstrip(".") not in page] == []


def faults_of(case, told):
    """Return what the report says otherwise than the case."""
    said = " ".join(told["says"]) + " " + json.dumps(told["read"], ensure_ascii=False)
    faults = [f"does not say {wanted}" for wanted in case["says"] if not found(wanted, said)]
    faults += [
        f"read {key}: {told['read'].get(key)!r}"
        for key, wanted in case["read"].items()
        if told["read"].get(key) != wanted
    ]
    faults += [
        f"{told['counts'].get(status)} are {status}"
        for status, wanted in case.get("count", {}).items()
        if told["counts"].get(status) != wanted
    ]
    rows = {row["line"]: row for row in told["rows"]}
    wanted_rows = {row["line"]: row for row in case["rows"]}
    if not case.get("rows_are_some"):
        faults += [f"line {line} is told" for line in rows.keys() - wanted_rows.keys()]
    for line, wanted in wanted_rows.items():
        faults += [f"line {line}: {fault}" for fault in row_faults(wanted, rows.get(line, {}))]
    return faults


def row_faults(wanted, row):
    statuses = wanted["status"] if isinstance(wanted["status"], list) else [wanted["status"]]
    if row.get("status") not in statuses:
        return [f"is {row}"]
    if row["status"] == "wrong":
        errors = [[wanted.get("column"), wanted.get("why", "")], *wanted.get("also", [])]
        return [
            f"no error of {column} like {why} in {row['errors']}"
            for column, why in errors
            if not any(
                column in (None, error["column"]) and found(why, error["detail"])
                for error in row["errors"]
            )
        ]
    keys = [key for key in COMPARED if key in wanted and row["status"] != "unchanged"]
    return [f"{key} is {row[key]!r}" for key in keys if (row[key] or None) != (wanted[key] or None)]


def found(pattern, text):
    return re.search(pattern, text, re.IGNORECASE)


def is_as_expected(case, after):
    if lists := [case["after"]] if case["after"] is not None else case.get("after_one_of"):
        return any(is_same(after, wanted) for wanted in lists)
    kept = {item[0]: item for item in case["list"]}
    for row in case["rows"]:
        if row["status"] == "changed":
            pk, name, description = kept[row["item"]]
            kept[pk] = [pk, row.get("name", name), row.get("description", description)]
    return [item for item in after if item[0] <= 1000] == list(kept.values())


def is_same(after, wanted):
    """Compare two lists; an id that is None is any."""
    return len(after) == len(wanted) and all(
        w[0] in (None, a[0]) and a[1:] == w[1:] for a, w in zip(after, wanted, strict=True)
    )
