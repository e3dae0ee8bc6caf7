"""A list is kept from its first item to its last, with JavaScript and, the same way, without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_an_item_is_added_found_changed_and_deleted(page):
    page.goto("/items/")
    page.get_by_role("link", name="Add the first item").click()
    page.get_by_label("Name").fill("Café table")
    page.get_by_label("Description").fill("Round, of oak")
    press(page, "Save")
    expect(page.get_by_text("Added “Café table”.")).to_be_visible()

    page.goto("/items/")
    page.get_by_label("Find").fill("cafe")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("Café")  # the rows are those of the search
    page.get_by_role("link", name="Café table").click()
    expect(page).to_have_url(re.compile(r"/items/1/\?q=cafe$"))

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Description").fill("Round, of walnut")
    press(page, "Save")
    expect(page.get_by_role("main")).to_contain_text("Round, of walnut")

    page.get_by_role("link", name="Delete").click()
    press(page, "Delete")
    expect(page).to_have_url(re.compile(r"/items/\?q=cafe$"))
    expect(page.get_by_text("Deleted “Café table”.")).to_be_visible()
    expect(page.get_by_text("No items match “cafe”.")).to_be_visible()


def test_what_is_wrong_is_shown_and_mended_by_the_keyboard(page):
    page.goto("/items/new/")
    page.get_by_label("Description").fill("kept")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_focused()

    page.keyboard.press("Tab")  # to the link in the summary of errors
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Lamp")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
    expect(page.get_by_role("main")).to_contain_text("kept")


def test_what_two_people_save_is_compared(page, site):
    site.request("POST", "/items/", {"name": "Lamp", "description": "Green"})
    page.goto("/items/1/edit/")
    site.request("PATCH", "/items/1/", {"description": "Blue"})
    page.get_by_label("Description").fill("Red")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("Blue")

    press(page, "Save my version")

    expect(page).to_have_url(re.compile("/items/1/$"))
    expect(page.get_by_role("main")).to_contain_text("Red")


def test_pages_are_turned(page, site):
    site.request("POST", "/items/", [{"name": f"Chair {number}"} for number in range(1, 61)])

    page.goto("/items/?sort=oldest")
    page.get_by_role("link", name="Next").first.click()
    expect(page.get_by_role("rowheader")).to_have_count(10)
    page.get_by_role("link", name="Previous").first.click()

    expect(page.get_by_role("rowheader")).to_have_count(50)
    expect(page.get_by_role("rowheader").first).to_have_text("Chair 1")


def test_who_signs_in_makes_a_key_and_revokes_it(page, site):
    page.goto("/accounts/keys/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(site.password)
    press(page, "Sign in")

    page.get_by_label("Name").fill("nightly")
    press(page, "Create key")
    expect(page.get_by_text("Key created.")).to_be_visible()
    page.get_by_role("link", name="Revoke nightly").click()
    press(page, "Revoke")
    page.get_by_text("1 key that was revoked").click()
    expect(page.get_by_role("row", name="nightly")).to_contain_text("revoked")

    press(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_what_is_not_there_leads_to_the_list(page):
    page.goto("/items/7/")
    page.get_by_role("link", name="To the list").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Items")


def test_a_long_spreadsheet_goes_in_and_is_taken_back(page, tmp_path):
    rows = "".join(f"Thing {number};One of many\n" for number in range(20_000))
    (tmp_path / "list.csv").write_text(f"Name;Notes\n{rows};nameless\n")
    page.goto("/items/")
    page.get_by_role("link", name="Import a spreadsheet").click()
    page.get_by_label("File").set_input_files(tmp_path / "list.csv")
    press(page, "Preview")
    go_on(page)
    expect(page.get_by_role("link", name="20,000 new")).to_be_visible()

    press(page, "Import 20,000 rows")
    go_on(page)
    expect(page.get_by_text("20,000 items were added.")).to_be_visible()

    page.get_by_role("link", name="Undo this import").click()
    press(page, "Undo for 20,000 items")
    page.goto("/items/")
    expect(page.get_by_text("There are no items yet.")).to_be_visible()


def go_on(page):
    """Wait for the end of a page of progress; a script goes on by itself."""
    end = page.get_by_role("link", name=re.compile("Finished|List|new$|Undo this import")).first
    expect(end).to_be_visible()
    if end.inner_text() == "Finished. Go on":
        end.click()


def test_cells_are_pasted_anywhere_on_the_page(scripted_page):
    page = scripted_page
    page.goto("/items/import/")
    page.evaluate("""() => {
        const clipboardData = new DataTransfer()
        clipboardData.setData("text/plain", "name\\tnotes\\nLamp\\tGreen")
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }))
    }""")
    press(page, "Preview")

    press(page, "Import 1 row")

    expect(page.get_by_text("1 item was added.")).to_be_visible()


def test_a_file_is_dropped_anywhere_on_the_page(scripted_page):
    page = scripted_page
    page.goto("/items/import/")
    page.evaluate("""() => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(["name\\nLamp\\n"], "lamps.csv"))
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }))
    }""")

    expect(page.get_by_role("heading", level=1)).to_have_text("lamps.csv: 1 row")


def test_a_refused_file_stays_in_the_form(scripted_page, tmp_path):
    page = scripted_page
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    page.goto("/items/import/")
    page.get_by_label("File").set_input_files(tmp_path / "photo.png")
    press(page, "Preview")

    expect(page.get_by_role("alert")).to_contain_text("This is a picture (PNG)")
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.get_by_label("File").input_value().endswith("photo.png")


def test_the_button_counts_what_is_chosen(scripted_page):
    page = scripted_page
    page.goto("/items/import/")
    rows = ["Name\tPrice", "Lamp\t3", "Lamp\t3", "Vase\t4", "Total\t10"]
    page.get_by_label("paste").fill("\n".join(rows))
    press(page, "Preview")
    button = page.get_by_role("button", name="Import ")
    expect(button).to_have_text("Import 3 rows")

    page.get_by_role("group", name="repeats").get_by_label("Add it").check()
    expect(button).to_have_text("Import 4 rows")
    page.get_by_role("group", name="total").get_by_label("Leave it out").check()
    expect(button).to_have_text("Import 3 rows")
    page.get_by_role("link", name="1 repeated").click()
    expect(page.get_by_role("heading", name="The rows: 1 repeated")).to_be_in_viewport()
    expect(page.get_by_role("group", name="total").get_by_label("Leave it out")).to_be_checked()
    expect(button).to_have_text("Import 3 rows")
    button.click()

    expect(page.get_by_text("3 items were added.")).to_be_visible()
    expect(page.get_by_text("Line 5 looks like a total.")).to_be_visible()
