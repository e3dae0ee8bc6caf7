"""The preview of an import: what each row would do, and other ways to read the file."""

import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from items.models import Item, Upload, UploadChunk
from items.tests.views.imports.steps import (
    HTML,
    LIST,
    preview_of,
    read_differently,
    the_list,
)

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "shift_jis", "big5"])
def test_a_wrong_encoding_damages_title_and_heads_but_not_the_page(client, encoding):
    content = "Büro Süd;;\nName;Größe;Größe\nÄpfel;1;2\n".encode("cp1252")
    address = preview_of(client, content)

    damaged = read_differently(client, address, encoding=encoding)
    mended = read_differently(client, address, encoding="cp1252")

    assert damaged.status_code == 200
    assert "Read it again" in damaged.text
    assertContains(mended, "Größe: 1")


def test_keys_of_json_that_cannot_be_stored_are_shown_damaged(client):
    address = preview_of(client, '[{"name": "Book", "a\\ud800\\u0000": "x"}]', "list.json")

    assertContains(client.get(address), "a\ufffd\ufffd")


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


def test_choices_are_offered_only_where_they_are_needed(client):
    preview = client.get(preview_of(client, "name\nBook\n"))

    assertNotContains(preview, "<fieldset")
    assertNotContains(preview, "read-other_columns")
    assertNotContains(preview, "read-sheet")
    assertNotContains(preview, "read-ids")


def test_pasted_cells_have_no_encoding_to_choose(client):
    cells = {"cells": "name\tprice\nBook\t3"}

    preview = client.post("/items/import/", cells, headers=HTML, follow=True)

    assertContains(preview, "Separator: tab")
    assertNotContains(preview, "Encoding")


def test_json_has_no_line_of_column_names_to_choose(client):
    preview = client.get(preview_of(client, '{"name": "Book", "title": "x"}\n', "list.ndjson"))

    assertContains(preview, "Column of “Name”")
    assertNotContains(preview, "Column names")


def test_one_row_is_it_and_two_are_them(client, items):
    one = client.get(preview_of(client, "name\nCHAIR\nBook\nBook\n"))
    two = client.get(preview_of(client, "name\nCHAIR\nPEN\nBook\nBook\nBook\n"))

    assert re.findall(r'value="\w+" .*?> ([^<]*)</label>', one.text) == [
        *("Leave it out", "Add it", "Change that item", "Leave it out", "Add it")
    ]
    assert re.findall(r'value="\w+" .*?> ([^<]*)</label>', two.text) == [
        *("Leave them out", "Add them", "Change those items", "Leave them out", "Add them")
    ]


def test_the_button_counts_what_was_chosen_and_links_keep_it(client, items):
    address = preview_of(client, "name\nCHAIR\nChaIR\nPEN\nBook\n")

    preview = client.get(f"{address}?status=close&close=change")
    (new,) = re.findall('href="([^"]*)">1 new<', preview.text)
    client.post(address, {"close": "change"})

    assertContains(preview, "Import 2 rows")  # two rows want to change the same chair
    assert new == "?status=new&amp;close=change#rows"
    assert [name for name, _ in the_list()] == ["PEN", "Table", "Chair", "Book"]


def test_rows_that_repeat_a_change_cannot_be_added(client, items):
    pen = Item.objects.get(name="Pen")

    preview = client.get(preview_of(client, f"id,name\n{pen.id},Biro\n{pen.id},Biro\n"))

    assertContains(preview, "1 repeated")
    assertNotContains(preview, "<fieldset")


def test_a_total_that_is_in_the_list_is_no_question(client):
    content = "Name;Price\nTotal;3\n"
    client.post(preview_of(client, content))

    preview = client.get(preview_of(client, content))

    assertContains(preview, "There is nothing to import.")
    assertNotContains(preview, "<fieldset")


def test_a_discarded_preview_is_gone(client):
    address = preview_of(client)

    response = client.post(f"{address}discard/", headers=HTML, follow=True)

    assertContains(response, "Nothing was imported.")
    assertContains(client.get(address), "This preview was deleted", status_code=404)
    assertContains(client.post(address), "This preview was deleted", status_code=404)


def test_a_file_that_was_not_read_to_its_end_can_be_read_again(client):
    address = preview_of(client, "name\nBook\n")
    Upload.objects.update(state="sent")
    page = client.get(address)

    after = client.post(f"{address}read/", follow=True)

    assertContains(page, "nothing was imported")
    assertContains(after, "Import 1 row")


@pytest.mark.parametrize("act", ["read", "discard"])
def test_the_address_of_a_form_leads_to_the_preview(client, act):
    address = preview_of(client, "name\nBook\n")

    response = client.get(f"{address}{act}/", follow=True)  # as after a sign-in, or by Enter

    assertContains(response, "Import 1 row")


def test_rows_of_a_file_that_is_being_discarded_are_gone(client):
    address = preview_of(client)
    UploadChunk.objects.all().delete()

    response = client.get(f"{address}left-out/")

    assertContains(response, "This preview was deleted", status_code=404)


def test_a_file_without_a_good_row_comes_back_with_the_reasons(client):
    address = preview_of(client, "name,description\n,nobody\n")

    assertContains(client.get(address), f'href="{address}left-out/"')
    assertContains(client.get(address), "There is nothing to import.")
