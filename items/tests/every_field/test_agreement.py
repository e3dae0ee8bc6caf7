"""What must agree with the model: the database, the migrations and JSON."""

import ast
import re
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from items import migrations
from items.models import Item
from items.models.item import JSON_KEYS, WRITABLE
from items.tests.every_field.doors import trigger_sentence

pytestmark = pytest.mark.django_db
MIGRATIONS = Path(migrations.__file__).parent


def test_the_tuple_names_every_field_that_people_write():
    fields = [field.name for field in Item._meta.fields if field.editable and not field.generated]

    sentence = "items/models/item.py: the fields of Item and WRITABLE differ"
    assert set(WRITABLE) | {"id"} == set(fields), sentence
    assert WRITABLE[0] == "name", "items/models/functions.py: FOLDED_NAME reads the first line"


def test_the_trigger_compares_every_field():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'items_item_touch'"
        )
        [(definition,)] = cursor.fetchall()

    for row in ("old", "new"):
        compared = re.findall(rf"\b{row}\.(\w+)", definition, re.IGNORECASE)
        others = ["id", "created_at", "updated_at", "version"]
        assert compared == [*WRITABLE, *others], trigger_sentence()


def test_the_search_contains_every_field():
    Item.objects.create(**{field: f"{field}-É" for field in WRITABLE})

    [search] = Item.objects.values_list("search", flat=True)

    sentence = "items/migrations/: make the column search again, with its indexes"
    assert search == "\n".join(f"{field}-e" for field in WRITABLE), sentence


def test_the_column_search_has_its_indexes_and_statistics():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, attname, attstattarget
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relname LIKE 'item\\_%%search' OR relname = 'item_by_name' AND attnum = 1
                OR attrelid = 'items_item'::regclass AND attname = 'search'
            ORDER BY relname
            """
        )
        found = {name: target for name, _, target in cursor.fetchall()}

    sentence = "items/migrations/: what was made with the column search is made again with it"
    names = {"item_by_name", "item_name_search", "item_search", "items_item"}
    assert set(found) == names, sentence
    assert found["items_item"] == found["item_name_search"] == 1000, sentence


def test_migrations_make_what_the_models_say(capsys):
    try:
        call_command("makemigrations", "items", check=True, dry_run=True, verbosity=3)
    except SystemExit:
        sentence = "items/models/item.py and items/migrations/ differ; this is missing:"
        pytest.fail(f"{sentence}\n{capsys.readouterr().out}")


@pytest.mark.parametrize("path", sorted(MIGRATIONS.glob("0*.py")), ids=lambda path: path.name)
def test_a_migration_imports_nothing_that_can_change(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("." if node.level else node.module.split(".")[0])

    assert imported <= {"django", *sys.stdlib_module_names}


def test_an_item_in_json_is_written_byte_by_byte_as_ever(client):
    item = Item.objects.create(name='é "\\ 😀', description="</p>\n\t\x7f\u2028")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE items_item SET created_at = '2026-01-02 03:04:05.6+00'"
            " RETURNING to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        )
        day, time = cursor.fetchone()[0].split()

    answer = client.get(reverse("items:detail", args=[item.pk])).content.decode()

    rest = "".join(f'"{field}":"",' for field in WRITABLE[2:])
    assert JSON_KEYS[0] == "id"
    assert answer == (
        f'{{"id":{item.pk},"name":"é \\"\\\\ 😀","description":"</p>\\n\\t\x7f\u2028",{rest}'
        f'"created_at":"2026-01-02T03:04:05.600000Z","updated_at":"{day}T{time}Z"}}\n'
    )
