"""A colleague is invited and starts on a phone, with JavaScript and, the same way, without."""

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.account_states import invited
from itemsite.tests.browser.layout import faults_of_layout

pytestmark = pytest.mark.long
PHONE = {"width": 360, "height": 740}
FIRST, SECOND = "correct horse battery", "battery staple"


@pytest.fixture
def invitation(open_page, site, database):
    """Return the link that an administrator gets; the person is gone afterwards."""
    page = open_page()
    invited(page, site)
    yield page.locator("code.secret").inner_text()
    people = "SELECT id FROM auth_user WHERE username LIKE 'ada-%'"
    for table in ("auth_user_groups", "items_apikey"):
        database.execute(f"DELETE FROM {table} WHERE user_id IN ({people})")
    database.execute(f"DELETE FROM auth_user WHERE id IN ({people})")


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "without JavaScript"])
def test_an_invited_colleague_starts_on_a_phone(open_page, site, invitation, scripted):
    page = open_page(viewport=PHONE, java_script_enabled=scripted)

    def choose(password, button):
        page.locator("[name=new_password1]").fill(password)
        page.locator("[name=new_password2]").fill(password)
        page.get_by_role("button", name=button).click()

    page.goto(invitation)
    assert faults_of_layout(page) == []
    choose("short", "Save and sign in")
    expect(page.get_by_role("alert")).to_contain_text("too short")
    choose(FIRST, "Save and sign in")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(page.get_by_role("main")).to_contain_text("Editors")
    assert faults_of_layout(page) == []

    page.get_by_role("link", name="Change your password").click()
    page.get_by_label("Old password").fill(FIRST)
    choose(SECOND, "Change password")
    expect(page.get_by_text("Password changed.")).to_be_visible()

    page.locator(".brand").click()
    page.get_by_role("link", name="New item").first.click()
    page.get_by_label("Name").fill("Ladder")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Added “Ladder”")).to_be_visible()

    page.get_by_role("link", name="← Items").click()
    page.locator("body").evaluate("body => body.querySelector('.banner').remove()")
    assert page.locator("tbody tr").bounding_box()["y"] < PHONE["height"] / 2
    assert faults_of_layout(page) == []

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto(invitation)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
