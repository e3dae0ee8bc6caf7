"""Every field of an item, through every door: docs/adding-a-field.md is tried with this folder."""

import json

import pytest

from items.changes.history import read_deletion, read_item_history
from items.changes.recording import Author, recorded
from items.changes.undo import undo
from items.models import Change, Item
from items.models.item import TRIMMED, WRITABLE
from items.tests.every_field.doors import EDIT, HTML, NEW, text_of, trigger_sentence
from items.tests.forms import form_of
from items.tests.spreadsheets.exports.sheets import body, csv_rows, workbook_texts

pytestmark = pytest.mark.django_db


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
    assert item.version == 2, f"{field}: {trigger_sentence()}"


@pytest.mark.parametrize("door", NEW + EDIT, ids=lambda door: door.__name__)
@pytest.mark.parametrize("field", WRITABLE)
def test_what_is_sent_is_recorded_and_taken_back(admin_client, field, door, tmp_path):
    text = text_of(field)
    door(admin_client, field, text, tmp_path)
    item = Item.objects.get()

    [newest, *_] = read_item_history(item.pk, limit=9).changes
    undo(newest.change_set_id, Author("page"))

    told = {change.field: change.new for change in newest.fields}
    assert told[field] == text, trigger_sentence()
    assert newest.way == door.__name__.partition("_")[0]
    assert Item.objects.count() == (1 if door in EDIT else 0)
    assert not Item.objects.filter(**{field: text}).exists()


def test_a_deleted_item_is_restored_with_every_field():
    texts = {field: text_of(field) for field in WRITABLE}
    item = Item.objects.create(**texts)
    with recorded(Author("page")):
        Item.objects.all().delete()
    deletion = read_deletion(item.pk)

    undo(deletion.change_set_id, Author("page"))

    assert deletion.texts == texts, trigger_sentence()
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
    assert told[field] == text_of(field), trigger_sentence()
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
def test_it_is_in_every_file(client, field):
    Item.objects.create(**{name: text_of(name) for name in WRITABLE})

    names, cells = csv_rows(body(client.get("/items.csv")))
    line = json.loads(body(client.get("/items.ndjson")))
    texts = workbook_texts(body(client.get("/items.xlsx")))

    column = names.index(field)
    letter = chr(ord("A") + column)
    assert cells[column] == line[field] == text_of(field)
    assert (texts[f"{letter}1"], texts[f"{letter}2"]) == (field, text_of(field))


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

    saved = text if field in TRIMMED else f" {text}\t"
    for door in NEW + EDIT:
        Item.objects.all().delete()  # an import changes nothing that is there already
        door(admin_client, field, f" {text}\t", tmp_path)

        assert [item[field] for item in Item.objects.values(field)] == [saved], door.__name__


@pytest.mark.parametrize("field", [field for field in WRITABLE if field not in TRIMMED])
def test_every_door_saves_line_ends_as_lf(admin_client, field, tmp_path):
    saved = "one\ntwo\nthree\n"
    for door in NEW + EDIT:
        Item.objects.all().delete()  # an import changes nothing that is there already
        door(admin_client, field, "one\r\ntwo\rthree\n", tmp_path)

        assert [item[field] for item in Item.objects.values(field)] == [saved], door.__name__
