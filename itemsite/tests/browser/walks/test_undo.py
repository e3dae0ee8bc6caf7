"""A change is undone from the message about it by the keyboard, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long

STOPS_MAX = 60  # presses of Tab until a page has certainly no such element


def tab_to(page, element):
    for _ in range(STOPS_MAX):
        page.keyboard.press("Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {element}")


def enter(page, role, name):
    tab_to(page, page.get_by_role(role, name=name))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def undo_from_message(page, told, button):
    """Go from the message, which has the focus, over its link and the confirmation."""
    message = page.get_by_role("status").filter(has_text=told)
    expect(message).to_be_focused()
    page.keyboard.press("Tab")
    link = message.get_by_role("link", name="Undo", exact=True)
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Undo this change?")
    enter(page, "button", button)
    expect(page.get_by_role("status").filter(has_text="Undone:")).to_be_focused()


def test_an_edit(page, items):
    page.goto("/items/1/")
    enter(page, "link", "Edit")
    tab_to(page, page.get_by_label("Description"))
    page.keyboard.press("Control+a")
    page.keyboard.type("Square")
    enter(page, "button", "Save")
    expect(page.locator(".description")).to_have_text("Square")

    undo_from_message(page, "Saved “Café table”.", "Undo for 1 item")

    expect(page).to_have_url(re.compile("/items/1/$"))
    expect(page.locator(".description")).to_contain_text("Round, of oak.")


def test_a_new_item(page, items):
    page.goto("/items/new/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Vase")
    enter(page, "button", re.compile("^Save$"))

    undo_from_message(page, "Added “Vase”.", "Undo for 1 item")

    page.goto("/items/")
    expect(page.get_by_role("rowheader")).to_have_text(["Lamp", "Chair", "Café table"])


def test_a_deletion(page, items):
    page.goto("/items/2/")
    enter(page, "link", "Delete")
    enter(page, "button", "Delete")

    undo_from_message(page, "Deleted “Chair”.", "Undo for 1 item")

    expect(page).to_have_url(re.compile("/items/2/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Chair")


def test_a_deletion_of_many(page, items):
    page.goto("/items/")
    for name in ("Lamp", "Chair"):
        tab_to(page, page.get_by_role("checkbox", name=name))
        page.keyboard.press("Space")
    enter(page, "button", re.compile("^Delete selected"))
    enter(page, "button", "Delete 2 items")

    undo_from_message(page, "Deleted 2 items.", "Undo for 2 items")

    page.goto("/items/")
    expect(page.get_by_role("rowheader")).to_have_text(["Lamp", "Chair", "Café table"])
