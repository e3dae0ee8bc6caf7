"""Every field of an item, through every door: docs/adding-a-field.md is tried with this file."""

import ast
import csv
import re
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from items import migrations
from items.changes.history import read_deletion, read_item_history
from items.changes.recording import Author, recorded
from items.changes.undo import undo
from items.models import Change, Item
from items.models.item import JSON_KEYS, TRIMMED, WRITABLE
from items.tests.api.calls import send
from items.tests.forms import form_of

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
MIGRATIONS = Path(migrations.__file__).parent


def text_of(field):
    """Return a text that is found by a word which no other field contains."""
    return f"Zanzibar {field}'s <text>"


# Doors: each gives the item that has `text` in `field`


def page_new(client, field, text, tmp_path):
    client.post("/items/new/", {"name": "Book", field: text})


def json_object(client, field, text, tmp_path):
    send(client, "POST", "/items/", {"name": "Book", field: text})


def json_array(client, field, text, tmp_path):
    send(client, "POST", "/items/", [{"name": "Book", field: text}])


def csv_file(client, field, text, tmp_path):
    file = tmp_path / "items.csv"
    row = {"name": "Book", field: text}
    with open(file, "w", newline="") as cells:
        csv.writer(cells, delimiter=";").writerows([row, row.values()])
    call_command("import_items", str(file), verbosity=0)


def admin_new(client, field, text, tmp_path):
    client.post("/admin/items/item/add/", {"name": "Book", field: text})


def page_edit(client, field, text, tmp_path):
    address = f"/items/{Item.objects.create(name='Book').pk}/edit/"
    client.post(address, form_of(client.get(address, headers=HTML)) | {field: text})


def json_put(client, field, text, tmp_path):
    item = Item.objects.create(name="Book")
    send(client, "PUT", f"/items/{item.pk}/", {"name": "Book", field: text})


def json_patch(client, field, text, tmp_path):
    item = Item.objects.create(name="Book")
    send(client, "PATCH", f"/items/{item.pk}/", {field: text})


def admin_edit(client, field, text, tmp_path):
    item = Item.objects.create(name="Book")
    client.post(f"/admin/items/item/{item.pk}/change/", {"name": "Book", field: text})


NEW = [page_new, json_object, json_array, csv_file, admin_new]
EDIT = [page_edit, json_put, json_patch, admin_edit]


@pytest.mark.parametrize("door", NEW + EDIT, ids=lambda door: door.__name__)
@pytest.mark.parametrize("field", WRITABLE)
def test_what_is_sent_is_saved_shown_and_found(admin_client, field, door, tmp_path):
    text = text_of(field)
    Item.objects.create(name="Another")

    door(admin_client, field, text, tmp_path)

    item = Item.objects.get(**{field: text})
    path = f"/items/{item.pk}/"
    shown = text.replace("'", "&#x27;").replace("<", "&lt;").replace(">", "&gt;")
    found = admin_client.get("/items/", {"q": "zanzibar"})
    assert admin_client.get(path).json()[field] == text
    assert [each["id"] for each in found.json()] == [item.pk]
    assert found.json()[0][field] == text
    assert shown in admin_client.get(path, headers=HTML).text
    assert shown in admin_client.get(f"{path}edit/", headers=HTML).text
    listed = admin_client.get("/items/", {"q": "zanzibar"}, headers=HTML).text
    assert "<mark>Zanzibar</mark>" in listed
    assert item.version == (2 if door in EDIT else 1)
    assert admin_client.get(path)["ETag"] == f'"{item.version}"'


@pytest.mark.parametrize("field", WRITABLE)
def test_changing_one_field_alone_raises_the_version(field):
    item = Item.objects.create(name="Book")

    Item.objects.update(**{field: text_of(field)})

    item.refresh_from_db()
    assert item.version == 2, f"{field}: {_trigger_sentence()}"


@pytest.mark.parametrize("door", NEW + EDIT, ids=lambda door: door.__name__)
@pytest.mark.parametrize("field", WRITABLE)
def test_what_is_sent_is_recorded_and_taken_back(admin_client, field, door, tmp_path):
    text = text_of(field)
    door(admin_client, field, text, tmp_path)
    item = Item.objects.get()

    [newest, *_] = read_item_history(item.pk, limit=9).changes
    undo(newest.change_set_id, Author("page"))

    told = {change.field: change.new for change in newest.fields}
    assert told[field] == text, _trigger_sentence()
    assert newest.way == ("import" if door is csv_file else door.__name__.partition("_")[0])
    assert Item.objects.count() == (1 if door in EDIT else 0)
    assert not Item.objects.filter(**{field: text}).exists()


def test_a_deleted_item_is_restored_with_every_field():
    texts = {field: text_of(field) for field in WRITABLE}
    item = Item.objects.create(**texts)
    with recorded(Author("page")):
        Item.objects.all().delete()
    deletion = read_deletion(item.pk)

    undo(deletion.change_set_id, Author("page"))

    assert deletion.texts == texts, _trigger_sentence()
    assert Item.objects.filter(**texts).exists()


@pytest.mark.parametrize("field", WRITABLE)
def test_the_history_over_json_tells_it_and_takes_it_back(client, field):
    with recorded(Author("page")):
        item = Item.objects.create(**{name: text_of(name) for name in WRITABLE})
    client.delete(f"/items/{item.pk}/")
    gone = client.get(f"/items/{item.pk}/").json()["undo"]

    change = client.get(gone.removesuffix("undo/")).json()["changes"][-1]
    client.generic("POST", gone)

    told = {each["field"]: each["old"] for each in change["fields"]}
    assert told[field] == text_of(field), _trigger_sentence()
    assert client.get(f"/items/{item.pk}/").json()[field] == text_of(field)


@pytest.mark.parametrize("field", WRITABLE[1:])
def test_an_item_that_was_deleted_before_the_field_existed_is_restored(field):
    Item.objects.create(name="Book")
    with recorded(Author("page")):
        Item.objects.all().delete()
    Change.objects.filter(kind="d").update(**{field: None})

    undo(Change.objects.get(kind="d").change_set_id, Author("page"))

    assert getattr(Item.objects.get(), field) == Item._meta.get_field(field).get_default()


@pytest.mark.parametrize("field", WRITABLE)
def test_the_document_names_it(client, field):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]

    for name in ("Item", "ItemFields", "ItemChanges"):
        assert field in schemas[name]["properties"], f"items/api/schemas.py: {name}"


@pytest.mark.parametrize("field", WRITABLE)
def test_the_address_of_the_form_can_fill_it(client, field):
    page = client.get("/items/new/", {field: text_of(field)}, headers=HTML)

    assert form_of(page)[field] == text_of(field)


@pytest.mark.parametrize("field", WRITABLE)
def test_space_around_one_line_is_taken_away_by_every_door(admin_client, field, tmp_path):
    text = text_of(field)

    for door in NEW + EDIT:
        door(admin_client, field, f" {text}\t", tmp_path)

    saved = text if field in TRIMMED else f" {text}\t"
    assert set(Item.objects.filter(**{f"{field}__contains": "Zan"}).values_list(field)) == {
        (saved,)
    }
    assert Item.objects.filter(**{field: saved}).count() == len(NEW + EDIT)


@pytest.mark.parametrize("field", [field for field in WRITABLE if field not in TRIMMED])
def test_every_door_saves_line_ends_as_lf(admin_client, field, tmp_path):
    for door in NEW + EDIT:
        door(admin_client, field, "one\r\ntwo\rthree\n", tmp_path)

    saved = Item.objects.filter(**{field: "one\ntwo\nthree\n"})
    assert saved.count() == len(NEW + EDIT)


# What must agree


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
        assert compared == [*WRITABLE, *others], _trigger_sentence()


def _trigger_sentence():
    fields = ", ".join(repr(field) for field in WRITABLE)
    return (
        "the triggers do not know the fields in WRITABLE. Write a migration in items/migrations/"
        f" with: SELECT items_record_fields({fields});"
    )


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
