"""What goes out comes in again with nothing to change, whatever the texts are."""

import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from items.models import Item
from items.models.rules import BREAKS_LINE, NAME_VISIBLE, UNTRIMMED
from items.tests.spreadsheets.exports.sheets import body

pytestmark = [pytest.mark.django_db, pytest.mark.long]
EXAMPLES = 15  # of each format
OFTEN = "'=+@-\t\n\"; ,x"
NEVER = "\0\r"  # which no text may contain
NOT_IN_XML = "\ufffe\uffff"
FORMATS = {
    "CSV": ("/items.csv", lambda data: data),
    "CSV with a mark": ("/items.csv?bom=1", lambda data: data),
    "CSV with semicolons": ("/items.csv?sort=name", lambda data: rewrite(data, delimiter=";")),
    "TSV without ids": ("/items.csv", lambda data: rewrite(data, first=1, delimiter="\t")),
    "NDJSON": ("/items.ndjson", lambda data: data),
    "workbook": ("/items.xlsx", lambda data: data),
}


def rewrite(data, first=0, **options):
    """Write a CSV file with other signs, without its first columns."""
    text = io.StringIO()
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    csv.writer(text, **options).writerows(row[first:] for row in rows)
    return text.getvalue().encode()


def is_name(text):
    wrong = re.search(UNTRIMMED, text) or re.search(BREAKS_LINE, text)
    return bool(re.search(NAME_VISIBLE, text)) and not wrong


def lists(never):
    letters = strategies.sampled_from(OFTEN) | strategies.characters(
        exclude_categories=["Cs"], exclude_characters=never
    )
    names = strategies.text(letters, min_size=1, max_size=8).filter(is_name)
    rows = strategies.tuples(names, strategies.text(letters, max_size=12))
    return strategies.lists(rows, min_size=1)


@pytest.mark.parametrize(("address", "sent"), FORMATS.values(), ids=FORMATS)
def test_an_export_comes_in_again_with_nothing_to_change(client, address, sent):
    never = NEVER + NOT_IN_XML if "xlsx" in address else NEVER

    @settings(
        deadline=None,
        max_examples=EXAMPLES,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(lists(never))
    def check(rows):
        Item.objects.all().delete()
        Item.objects.bulk_create(Item(name=name, description=text) for name, text in rows)

        data = sent(body(client.get(address)))
        response = client.post("/items/import/", data, content_type="application/octet-stream")

        assert response.status_code == 200, response.text
        assert response.json()["counts"] == {"unchanged": len(rows)}

    check()
