"""The pages of /items/import/: form, preview, what was chosen, and the result."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from items.models import Item, Upload

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
LIST = "name,description\nBook,Thin\nPen,\nTable,Oval\nBook,Thin\nCHAIR,\n,nobody\n"


@pytest.fixture
def items():
    for name, description in (("Pen", "Blue"), ("Table", "Round"), ("Chair", "")):
        Item.objects.create(name=name, description=description)


def send(client, content=LIST, name="list.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post("/items/import/", {"file": file, "cells": ""}, headers=HTML)


def paste(client, cells):
    return client.post("/items/import/", {"cells": cells}, headers=HTML)


def preview_of(client, *args, **options):
    response = send(client, *args, **options)
    assert response.status_code == 303, response.text
    return response["Location"]


def names():
    return list(Item.objects.order_by("id").values_list("name", flat=True))


def test_a_file_is_previewed_and_imported_by_one_click(client, items):
    address = preview_of(client)
    preview = client.get(address)
    before = names()
    response = client.post(address)
    result = client.get(response["Location"])

    assertContains(preview, "1 new")
    assertContains(preview, "1 changes an item")
    assertContains(preview, "Import 2 rows")
    assert before == ["Pen", "Table", "Chair"]
    assert response.status_code == 303
    assertContains(result, "1 item was added.")
    assertContains(result, "3 rows were left out.")
    assertContains(result, "Undo this import")
    assert names() == ["Pen", "Table", "Chair", "Book"]
    assert Item.objects.get(name="Table").description == "Oval"
