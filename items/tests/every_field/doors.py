"""The doors: each makes an item that has `text` in `field`."""

import csv
import io

from django.core.management import call_command

from items.models import Item
from items.models.item import WRITABLE
from items.tests.api.calls import send
from items.tests.forms import form_of

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def text_of(field):
    """Return a text that is found by a word which no other field contains."""
    return f"Zanzibar {field}'s <text>"


def page_new(client, field, text, tmp_path):
    client.post("/items/new/", {"name": "Book", field: text})


def json_object(client, field, text, tmp_path):
    send(client, "POST", "/items/", {"name": "Book", field: text})


def json_array(client, field, text, tmp_path):
    send(client, "POST", "/items/", [{"name": "Book", field: text}])


def csv_of(row):
    cells = io.StringIO(newline="")
    csv.writer(cells, delimiter=";").writerows([row, row.values()])
    return cells.getvalue()


def import_command(client, field, text, tmp_path):
    file = tmp_path / "items.csv"
    file.write_text(csv_of({"name": "Book", field: text}), newline="")
    call_command("import_items", str(file), verbosity=0)


def import_by_script(client, field, text, tmp_path):
    row = {"name": "Book", field: text}
    client.generic("POST", "/items/import/", csv_of(row), "text/csv", headers=JSON)


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


def import_by_id(client, field, text, tmp_path):
    row = {"id": Item.objects.create(name="Book").pk, "name": "Book", field: text}
    client.generic("POST", "/items/import/", csv_of(row), "text/csv", headers=JSON)


def import_by_name(client, field, text, tmp_path):
    """Fill the field of the item of this name; its name itself needs the id."""
    item = Item.objects.create(name="Book")
    row = {"name": "Book", field: text} if field != "name" else {"id": item.pk, "name": text}
    client.generic("POST", "/items/import/", csv_of(row), "text/csv", headers=JSON)


NEW = [page_new, json_object, json_array, import_command, import_by_script, admin_new]
EDIT = [page_edit, json_put, json_patch, import_by_id, import_by_name, admin_edit]


def trigger_sentence():
    fields = ", ".join(repr(field) for field in WRITABLE)
    return (
        "the triggers do not know the fields in WRITABLE. Write a migration in items/migrations/"
        f" with: SELECT items_record_fields({fields});"
    )
