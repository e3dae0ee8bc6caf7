"""A list comes in by paste, is put right, and goes out as a file; with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long
ROWS = "name\tdescription\n" + "".join(
    f"{name} {number}\tshelf {number}\n" for name in ("Lamp", "Chair") for number in range(1, 31)
)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_an_office_worker(page, site):
    page.goto("/items/")
    page.get_by_role("link", name="Import a spreadsheet").click()
    page.get_by_label("paste").fill(ROWS)
    press(page, "Preview")
    page.wait_for_url("**/items/import/*-*/")
    press(page, "Import 60 rows")
    page.goto("/items/?sort=name")

    page.get_by_label("Find").fill("lamp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(30)
    page.get_by_role("link", name="Lamp 1", exact=True).click()
    for number in range(1, 11):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Lamp {number}")
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Description").fill(f"cupboard {number}")
        press(page, "Save")
        expect(page.get_by_text(f"Saved “Lamp {number}”.")).to_be_visible()
        page.get_by_role("link", name="Next item").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp 11")
    page.get_by_role("link", name="Delete").click()
    press(page, "Delete")
    expect(page).to_have_url(re.compile(r"/items/\?q=lamp&sort=name$"))
    page.get_by_role("status").get_by_role("link", name="Undo").click()
    press(page, "Undo for 1 item")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp 11")

    page.get_by_role("link", name="Results for “lamp”").click()
    expect(page.get_by_role("rowheader")).to_have_count(30)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert len(rows) == 31
    assert rows[10] == '10,"Lamp 10","cupboard 10"'
