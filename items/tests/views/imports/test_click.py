"""The click that imports, and its result."""

import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from items.models import ChangeSet, Item, Upload
from items.tests.changes.history import next_transaction
from items.tests.forms import form_of
from items.tests.views.imports.steps import (
    HTML,
    preview_of,
    the_list,
)

pytestmark = pytest.mark.django_db


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


def test_rows_that_are_close_or_repeated_go_in_only_if_chosen(client, items):
    address = preview_of(client, "name\nCHAIR\nBook\nBook\n")
    preview = client.get(address)

    client.post(address, {"close": "change", "repeated": "add"})

    assertContains(preview, "1 row is similar to an item or another row:")
    assertContains(preview, "1 row repeats another:")
    names = [name for name, _ in the_list()]
    assert names == ["Pen", "Table", "CHAIR", "Book", "Book"]


def test_a_total_is_left_out_if_chosen(client):
    address = preview_of(client, "Name;Price\nBook;3\nTotal;3\n")
    preview = client.get(address)

    client.post(address, {"total": "leave"})

    assertContains(preview, "Line 3 looks like a total", count=1)
    assert the_list() == [("Book", "Price: 3")]
    left_out = b"".join(client.get(f"{address}left-out/").streaming_content).decode()
    assert left_out.splitlines()[1:] == ["Total;3;Line 3 looks like a total."]


def test_what_was_chosen_stays_chosen_if_the_import_fails(client, items, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 1
    address = preview_of(client, "name\nCHAIR\nBook\n")

    response = client.post(address, {"close": "change"})

    assert re.search('value="change"[^>]* checked', response.text)
    assertContains(response, "Import 2 rows", status_code=429)


def test_the_result_leads_to_what_changed(client, items, settings):
    settings.VISITORS_MAY = ["view", "add"]  # nothing that could undo it
    result = client.post(preview_of(client, "name\nBook\n"), follow=True)

    (change,) = re.findall('href="([^"]*)">Show what changed', result.text)

    assertContains(client.get(change, headers=HTML), "Added “Book”")


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
    assertNotContains(result, "Undone by")
    assertContains(client.get(address), "Undone by")


def test_the_button_counts_what_the_click_imports(client, items):
    # Two rows are like one item, one is like an item, one is like a row.
    address = preview_of(client, "name\nPEN\npen\nCHAIR\nBook\nBOOK\n")
    preview = client.get(address).text
    counted = re.search(r'value="change" data-rows="(\d+)"', preview)[1]

    result = client.post(address, {"close": "change"}, follow=True)

    assert counted == "1"
    assertContains(result, "1 item was changed.")
    assertContains(result, "3 rows were left out.")


def test_a_choice_without_effect_is_not_offered(client, items):
    pk = Item.objects.get(name="Table").pk
    address = preview_of(client, f"id,name,n\n{pk},Desk,1\n{pk},Desk,1\n99999,Total,2\n")

    preview = client.get(address)

    assertContains(preview, "Import 1 row")
    assertContains(preview, "Line 4 looks like a total.")
    assertNotContains(preview, 'type="radio"')


def test_a_preview_that_was_read_differently_in_another_tab_is_shown_again(client):
    address = preview_of(client, "name,other\nBook,Pen\n")
    staging = re.search(r'name="staging" value="(.+?)"', client.get(address).text)[1]
    client.post(f"{address}read/", {"column_name": "1"})

    response = client.post(address, {"staging": staging})

    assertContains(response, "read differently in the meantime", status_code=409)
    assertContains(response, "Import 1 row", status_code=409)
    assert the_list() == []


def test_what_was_imported_cannot_be_discarded(client):
    address = preview_of(client, "name\nBook\n")
    client.post(address)

    response = client.post(f"{address}discard/", headers=HTML, follow=True)

    assertContains(response, "This was imported already.")
    assertContains(response, "Undo this import")


def test_what_was_not_read_to_its_end_is_not_imported(client):
    address = preview_of(client, "name\nBook\n")
    Upload.objects.update(state="sent", about={})

    page, left_out = client.post(address), client.get(f"{address}left-out/", follow=True)

    for response in (page, left_out):
        assertContains(response, "This file was not read to its end")
    assert Upload.objects.get().state == "sent"


def test_rows_whose_right_was_lost_come_back(client, items, settings):
    address = preview_of(client, "name,description\nBook,Thin\nPen,Red\n")
    settings.VISITORS_MAY = ["view", "add"]

    result = client.post(address, follow=True)

    assertContains(result, "1 item was added.")
    assertContains(result, "1 row was left out.")
    assertContains(result, "You do not have the permission to change items.")
