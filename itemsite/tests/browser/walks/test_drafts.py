"""Text that is not saved yet stays in the browser, for whoever typed it."""

import re

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.steps import sign_in

pytestmark = pytest.mark.long
LOST = "You typed other text here"
BACK = "Your text is back. It is not saved yet."


@pytest.fixture
def page(scripted_page):
    """Return a page that leaves other pages, also with unsaved text."""
    scripted_page.on("dialog", lambda dialog: dialog.accept())
    return scripted_page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def type_name(page, address, name):
    page.goto(address)
    page.get_by_label("Name").fill(name)
    expect(page.get_by_text("This browser keeps your text until it is saved.")).to_be_visible()


def test_what_was_not_saved_is_offered_when_the_form_is_opened_again(page, items, site):
    type_name(page, "/items/1/edit/", "Bistro table")
    page.route("**/items/1/edit/", lambda route: route.abort("connectionreset"))
    press(page, "Save")
    page.unroute_all()
    page.goto("/items/")

    page.goto("/items/1/edit/")
    expect(page.get_by_text(LOST)).to_be_visible()
    press(page, "Bring it back")
    expect(page.get_by_label("Name")).to_have_value("Bistro table")
    press(page, "Save")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bistro table")
    page.goto("/items/1/edit/")
    expect(page.get_by_text(LOST)).to_be_hidden()


def test_a_draft_does_not_overwrite_what_somebody_else_saved(page, items, site):
    type_name(page, "/items/1/edit/", "Bistro table")
    site.request("PATCH", "/items/1/", {"name": "Desk"})
    page.goto("/items/1/edit/")
    press(page, "Bring it back")
    press(page, "Save")

    expect(page.get_by_role("alert")).to_contain_text("Somebody else saved")
    expect(page.locator("del")).to_have_text(["Desk"])


def test_a_draft_can_be_deleted(page, site):
    type_name(page, "/items/new/", "Lamp")
    page.goto("/items/new/")
    press(page, "Delete it")
    page.goto("/items/new/")
    expect(page.get_by_text(LOST)).to_be_hidden()

    type_name(page, "/items/new/", "Lamp")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile("/items/$"))
    page.goto("/items/new/")
    expect(page.get_by_text(LOST)).to_be_hidden()


def test_drafts_belong_to_an_account_and_end_with_it(page, items, site):
    sign_in(page, site)
    type_name(page, "/items/new/", "Secret")
    page.context.clear_cookies()
    page.goto("/items/new/")
    expect(page.get_by_text(LOST)).to_be_hidden()

    sign_in(page, site)
    page.goto("/items/new/")
    expect(page.get_by_text(LOST)).to_be_visible()
    press(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert "Secret" not in page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")


def test_signing_out_of_the_admin_ends_drafts_too(page, items, site):
    sign_in(page, site)
    page.goto("/items/")
    page.evaluate("localStorage['draft  /items/9/edit/'] = 'damaged'")
    type_name(page, "/items/new/", "Secret")
    page.goto("/admin/")
    press(page, "Log out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()

    assert "draft" not in page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")


def test_without_a_connection_the_form_stays(page, site):
    with page.expect_response("**/items/similar/*"):
        type_name(page, "/items/new/", "Lamp")
    page.set_viewport_size({"width": 360, "height": 480})
    page.context.set_offline(True)
    press(page, "Save")
    expect(page.get_by_text("There is no connection.")).to_be_in_viewport()
    page.context.set_offline(False)
    press(page, "Save")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")


def test_another_language_keeps_the_text(page, site):
    type_name(page, "/items/new/", "Lamp")

    press(page, "Deutsch")

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_label("Name")).to_have_value("Lamp")


def test_the_keyboard_saves(page, site):
    type_name(page, "/items/new/", "Lamp")
    page.get_by_label("Description").press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
