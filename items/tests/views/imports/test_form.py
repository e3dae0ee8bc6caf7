"""The form of /items/import/: files, pasted cells, and what is refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains

from items.models import Item, Upload
from items.tests.views.imports.steps import HTML, send, the_list

pytestmark = pytest.mark.django_db


def test_the_list_leads_there_also_when_it_is_empty(client):
    assertContains(client.get("/items/", headers=HTML), 'href="/items/import/"', count=2)
    Item.objects.create(name="Pen")
    assertContains(client.get("/items/", headers=HTML), 'href="/items/import/"', count=1)


def test_cells_are_pasted(client):
    cells = 'Name\tNotes\r\nBook\t"two\r\nlines"\r\n'

    response = client.post("/items/import/", {"cells": cells}, headers=HTML)
    client.post(response["Location"])

    assertContains(client.get(response["Location"]), "Imported the pasted cells")
    assert the_list() == [("Book", "two\nlines")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "This is a picture (PNG), not a spreadsheet."),
        (b"", "This file is empty."),
    ],
    ids=["picture", "empty"],
)
def test_what_cannot_be_read_is_told_at_the_form(client, content, told):
    response = send(client, content)

    assertContains(response, told, status_code=422)
    assertContains(response, 'name="cells"', status_code=422)
    assert not Upload.objects.exists()


def test_a_form_without_anything_is_told_so(client):
    response = client.post("/items/import/", {"cells": " \r\n"}, headers=HTML)

    assertContains(response, "Choose a file, or paste cells.", status_code=422)


@pytest.mark.parametrize("name", ["a." + "x" * 250, "1." + "物" * 90], ids=["long", "Chinese"])
def test_a_long_name_after_a_full_stop_is_read(client, name):
    address = send(client, "name\nBook\n", name)["Location"]

    assertContains(client.get(address), name)


def test_a_form_of_another_site_changes_nothing(settings):
    client = Client(enforce_csrf_checks=True)
    file = SimpleUploadedFile("list.csv", b"name\nBook\n")
    foreign = {**HTML, "Origin": "https://elsewhere.example"}

    responses = [
        client.post("/items/import/", {"file": file}, headers=foreign),
        client.post("/items/import/", {"file": file}, headers=HTML),
    ]

    assert [response.status_code for response in responses] == [403, 403]
    assert not Upload.objects.exists()


def test_too_much_text_is_to_be_sent_as_a_file(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = client.post("/items/import/", {"cells": "x" * 2000}, headers=HTML)

    assertContains(response, "Send it as a file.", status_code=413)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"file": ["a.csv", "b.csv"]}, "You sent several files."),
        ({"file": "a.csv", "cells": "name\nPen"}, "You sent a file and pasted cells."),
    ],
    ids=["files", "file and cells"],
)
def test_nothing_of_several_things_is_dropped_in_silence(client, fields, told):
    names = fields["file"] if isinstance(fields["file"], list) else [fields["file"]]
    files = [SimpleUploadedFile(name, b"name\nBook\n") for name in names]

    response = client.post("/items/import/", {**fields, "file": files}, headers=HTML)

    assertContains(response, told, status_code=422)
    assertContains(response, fields.get("cells", ""), status_code=422)
