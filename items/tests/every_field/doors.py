"""The doors: each makes an item that has `text` in `field`."""

import csv

from django.core.management import call_command

from items.models import Item
from items.models.item import WRITABLE
from items.tests.api.calls import send
from items.tests.forms import form_of

HTML = {"Accept": "text/html"}


def text_of(field):
    """Return a text that is found by a word which no other field contains."""
    return f"Zanzibar {field}'s <text>"


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


def trigger_sentence():
    fields = ", ".join(repr(field) for field in WRITABLE)
    return (
        "the triggers do not know the fields in WRITABLE. Write a migration in items/migrations/"
        f" with: SELECT items_record_fields({fields});"
    )
