"""Keys shorten the way, and leave what is typed alone."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(scripted_page, site):
    site.request("POST", "/items/", [{"name": "Lamp"}, {"name": "Chair"}])
    scripted_page.goto("/items/")
    return scripted_page


def test_the_whole_way_without_a_mouse(page):
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Chair")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")

    page.keyboard.press("/")
    expect(page.get_by_label("Find")).to_be_focused()
    page.keyboard.type("nj?")
    expect(page.get_by_label("Find")).to_have_value("nj?")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Tab")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("n")
    expect(page.get_by_label("Name")).to_be_focused()


def test_other_keys_of_the_browser_stay_its_own(page):
    page.keyboard.press("Control+n")
    page.keyboard.press("Alt+n")

    expect(page).to_have_url(re.compile("/items/$"))


def test_the_keys_are_shown_and_can_be_switched_off(page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile("/items/$"))

    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("n")

    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile("/items/$"))


@pytest.mark.long
def test_rows_are_ticked_and_edited_and_pages_turned(page, site):
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Select Chair")).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/items/1/edit/$"))

    page.goto("/items/1/")
    page.keyboard.press("[")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chair")
    page.keyboard.press("]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/items/1/edit/$"))

    site.request("POST", "/items/", [{"name": f"Desk {number}"} for number in range(60)])
    page.goto("/items/")
    page.keyboard.press("]")
    expect(page.get_by_role("rowheader")).to_have_count(12)
    page.keyboard.press("[")
    expect(page.get_by_role("rowheader")).to_have_count(50)


@pytest.mark.long
def test_j_goes_on_from_the_item_that_was_open(page):
    page.get_by_role("link", name="Chair").click()
    page.get_by_role("link", name="← Items").click()
    page.wait_for_url("**/items/#item-2")  # and for its scripts
    page.keyboard.press("j")

    expect(page.get_by_role("link", name="Lamp")).to_be_focused()
