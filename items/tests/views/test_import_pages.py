"""The pages of /items/import/: form, preview, what a person can choose, and the result."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ChangeSet, Item, Upload
from items.tests.changes.history import next_transaction
from items.tests.forms import form_of

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


def preview_of(client, *args, **options):
    response = send(client, *args, **options)
    assert response.status_code == 303, response.text
    return response["Location"]


def read_differently(client, address, **choices):
    return client.post(f"{address}read/", choices, follow=True)


def the_list():
    return list(Item.objects.order_by("id").values_list("name", "description"))


def user_who_may(*actions):
    user = User.objects.create_user(f"may {actions}")
    names = [f"{action}_item" for action in actions]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def test_a_file_is_previewed_and_imported_by_one_click(client, items):
    address = preview_of(client)
    preview = client.get(address)
    before = the_list()
    response = client.post(address)
    result = client.get(response["Location"])

    assertContains(preview, "<h1>list.csv: 6 rows</h1>", html=True)
    for count in ("1 new", "1 changes an item", "1 is in the list already", "1 repeated"):
        assertContains(preview, f">{count}</a>")
    assertContains(preview, "Import 2 rows")
    assert before == [("Pen", "Blue"), ("Table", "Round"), ("Chair", "")]
    assert response.status_code == 303
    assertContains(result, "1 item was added.")
    assertContains(result, "1 item was changed.")
    assertContains(result, "3 rows were left out.")
    assert the_list() == [("Pen", "Blue"), ("Table", "Oval"), ("Chair", ""), ("Book", "Thin")]


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


def test_each_row_shows_what_would_happen_to_it(client, items):
    address = preview_of(client, LIST + "<b>שלום</b>,\n")

    def rows(status):
        return client.get(f"{address}?status={status}").text

    assert re.search(r"<del>Round</del>.*<ins>Oval</ins>", rows("changed"), re.DOTALL)
    assert "This says the same as line 2." in rows("repeated")
    assert "This name looks like that of item" in rows("close")
    assert "Name: This field is required." in rows("wrong")
    assert "<bdi>&lt;b&gt;שלום&lt;/b&gt;</bdi>" in rows("new")


def test_many_rows_have_pages(client):
    address = preview_of(client, "name\n" + "".join(f"Item {n}\n" for n in range(60)))

    first = client.get(f"{address}?status=new").text
    (more,) = re.findall('rel="next" href="([^"]*)"', first)
    second = client.get(address + more.replace("&amp;", "&")).text

    assert re.findall(r"Item (\d+)", first) == [str(number) for number in range(50)]
    assert re.findall(r"Item (\d+)", second) == [str(number) for number in range(50, 60)]
    assert 'rel="next"' not in second


def test_the_kept_file_is_read_as_a_person_chooses(client):
    content = "Titel;Ding;Preis\nÄpfel;Obst;3\n".encode("cp1252")
    address = preview_of(client, content)
    before = client.get(address)

    letters = read_differently(client, address, encoding="cp850")
    read_differently(client, address, encoding="cp1252")
    columns = read_differently(client, address, column_name="1")
    left_out = read_differently(client, address, other_columns="leave")
    client.post(address)

    assertContains(before, "Äpfel")
    assertContains(before, "Preis: 3")
    assertNotContains(letters, "Äpfel")
    assertContains(columns, "Titel: Äpfel")
    assertNotContains(left_out, "Preis: 3")
    assert the_list() == [("Obst", "")]


def test_a_choice_that_cannot_be_read_keeps_the_preview(client):
    address = preview_of(client, "name\nBook\n")

    response = client.post(f"{address}read/", {"header": "9"})

    assertContains(response, "Line 9 cannot name the columns.", status_code=422)
    assertContains(response, "Import 1 row", status_code=422)
    assertContains(client.get(address), "1 new")


def test_unknown_ids_become_new_items_if_a_person_says_so(client):
    address = preview_of(client, "id,name\n70,Book\n")
    before = client.get(address)

    after = read_differently(client, address, unknown_ids="add")

    assertContains(before, "1 wrong")
    assertContains(after, "1 new")


def test_rows_that_are_close_or_repeated_go_in_only_if_chosen(client, items):
    address = preview_of(client, "name\nCHAIR\nBook\nBook\n")
    preview = client.get(address)

    client.post(address, {"close": "change", "repeated": "add"})

    assertContains(preview, "1 row looks like an item that you have:")
    assertContains(preview, "1 row repeats another:")
    names = [name for name, _ in the_list()]
    assert names == ["Pen", "Table", "CHAIR", "Book", "Book"]


def test_choices_are_offered_only_where_they_are_needed(client):
    preview = client.get(preview_of(client, "name\nBook\n"))

    assertNotContains(preview, "<fieldset")
    assertNotContains(preview, "read-other_columns")
    assertNotContains(preview, "read-sheet")
    assertNotContains(preview, "read-ids")


def test_a_second_click_says_that_it_was_imported_already(client):
    address = preview_of(client, "name\nBook\n")

    client.post(address)
    again = client.post(address, follow=True)

    assertContains(again, "This was imported already.")
    assert the_list() == [("Book", "")]


def test_what_changed_after_the_preview_stays_and_is_told(client, items):
    address = preview_of(client, "name,description\nTable,Oval\nPen,Red\n")
    Item.objects.filter(name="Table").update(description="Mine")

    result = client.post(address, follow=True)

    assertContains(result, "1 is out of date")
    assertContains(result, "was changed after your preview.")
    assert the_list()[:2] == [("Pen", "Red"), ("Table", "Mine")]


def test_the_rows_that_were_left_out_come_back_with_the_reason(client, items):
    address = preview_of(client, "Titel;Preis\nBook;3\nCHAIR;4\n", name="Meine Liste.csv")
    client.post(address)

    response = client.get(f"{address}left-out/")

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "Titel;Preis;error"
    assert lines[1].startswith("CHAIR;4;This name looks like that of item")
    assert response["Content-Disposition"] == 'attachment; filename="Meine Liste-left-out.csv"'


def test_an_import_is_undone_from_its_result(client, items):
    before = the_list()
    address = preview_of(client)
    next_transaction()
    result = client.post(address, follow=True)
    (undo,) = re.findall('href="([^"]*)">Undo this import', result.text)

    next_transaction()
    client.post(undo, form_of(client.get(undo, headers=HTML)), headers=HTML)

    assert the_list() == before
    assert ChangeSet.objects.filter(way="import", detail="list.csv").exists()


def test_a_preview_is_seen_by_its_owner_only(client):
    owner, other = user_who_may("view", "add"), user_who_may("view", "add", "change")
    client.force_login(owner)
    address = preview_of(client)

    for stranger in (None, other):
        visitor = Client()
        if stranger:
            visitor.force_login(stranger)
        for way in ("", "left-out/"):
            assertContains(visitor.get(address + way), "Send the file again.", status_code=404)
        for way in ("", "read/", "discard/"):
            assert visitor.post(address + way).status_code == 404

    assertContains(client.get(address), "Import ")
    assert not Item.objects.exists()


def test_a_discarded_preview_is_gone(client):
    address = preview_of(client)

    response = client.post(f"{address}discard/", headers=HTML, follow=True)

    assertContains(response, "Nothing was imported.")
    assertContains(client.get(address), "This preview is gone", status_code=404)
    assertContains(client.post(address), "This preview is gone", status_code=404)


def test_a_file_that_was_not_read_to_its_end_can_be_read_again(client):
    address = preview_of(client, "name\nBook\n")
    Upload.objects.update(state="sent")
    page = client.get(address)

    after = client.post(f"{address}read/", follow=True)

    assertContains(page, "nothing was imported")
    assertContains(after, "Import 1 row")


def test_who_may_not_change_items_imports_new_ones_only(client, items, settings):
    settings.VISITORS_MAY = []
    client.force_login(user_who_may("view", "add"))

    address = preview_of(client, "name,description\nTable,Oval\nBook,\n")
    client.post(address)

    wrong = client.get(f"{address}?status=wrong")
    assertContains(wrong, "You do not have the permission to change items.")
    assert the_list()[1:] == [("Table", "Round"), ("Chair", ""), ("Book", "")]


def test_rights_that_were_taken_away_import_nothing(client, settings):
    settings.VISITORS_MAY = []
    user = user_who_may("view", "add")
    client.force_login(user)
    address = preview_of(client, "name\nBook\n")
    user.user_permissions.set(Permission.objects.filter(codename="view_item"))

    response = client.post(address)

    assert response.status_code == 403
    assert not Item.objects.exists()


def test_visitors_are_told_their_limit_before_the_click(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    address = preview_of(client, "name\nBook\nPen\nTable\nChair\n")

    preview = client.get(address)
    response = client.post(address)

    assertContains(client.get("/items/import/", headers=HTML), "to import more than 3 rows.")
    assertContains(preview, "to import more than 3 rows.")
    assertNotContains(preview, "Import 4 rows")
    assertContains(response, "Visitors can change at most 3 items a minute.", status_code=429)
    assert not Item.objects.exists()


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
