"""Django's admin in the site's colours: axe-core finds nothing, and each column is seen."""

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.account_states import keys
from itemsite.tests.browser.axe import violations
from itemsite.tests.browser.layout import faults_of_layout
from itemsite.tests.browser.steps import press

pytestmark = pytest.mark.long
PAGES = (
    "/admin/",
    "/admin/items/",
    "/admin/items/item/",
    "/admin/items/item/?q=chair",
    "/admin/items/item/add/",
    "/admin/items/item/1/change/",
    "/admin/items/item/1/delete/",
    "/admin/items/apikey/",
    "/admin/items/apikey/1/change/",
    "/admin/items/apikey/1/delete/",
    "/admin/auth/user/",
    "/admin/auth/user/add/",
    "/admin/auth/user/1/change/",
    "/admin/auth/user/1/password/",
    "/admin/auth/user/1/history/",
    "/admin/auth/user/1/delete/",
    "/admin/auth/group/",
    "/admin/auth/group/1/change/",
    "/admin/auth/group/1/history/",
    "/admin/auth/group/1/delete/",
    "/admin/password_change/",
    "/admin/password_change/done/",
)
# SelectFilter2.js names a field by a <span aria-label> in its label, which no template or style
# can change. Tickets of Django about this widget: 34619, 35892.
DJANGOS = "aria-prohibited-attr"
WIDTHS = (360, 1280)


def faults(page):
    """Return what is wrong with the page that is shown, at each width."""
    found = [] if page.locator("h1").count() == 1 else ["not one h1"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [line for line in violations(page) if DJANGOS not in line]
    return [f"{page.url}: {line}" for line in found]


def test_axe_finds_nothing_in_the_admin(scripted_page, site, items):
    page = scripted_page
    page.goto("/admin/login/")
    found = faults(page)
    page.get_by_label("Username").fill("somebody")
    page.get_by_label("Password").fill("wrong")
    press(page, "Log in")
    found += faults(page)
    keys(page, site)
    for address in PAGES:
        page.goto(address)
        found += faults(page)
    page.goto("/admin/items/item/add/")
    press(page, "Save")
    found += faults(page)
    page.goto("/admin/items/item/")
    page.get_by_label("Select all objects on this page").check()
    page.get_by_role("combobox", name="Action").select_option("delete_selected")
    press(page, "Go")
    found += faults(page)
    page.goto("/admin/")
    press(page, "Log out")
    found += faults(page)

    assert not found, "\n".join(found)


def test_a_long_name_leaves_room_for_each_column(scripted_page, site):
    page = scripted_page
    site.request("POST", "/items/", {"name": "x" * 200, "description": "y" * 200})
    keys(page, site)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/admin/items/item/")

    expect(page.get_by_role("columnheader", name="Changed")).to_be_in_viewport(ratio=1)
    shown = page.locator(".results").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert shown
    page.set_viewport_size({"width": 768, "height": 800})
    page.goto("/admin/auth/user/")
    assert faults_of_layout(page) == []
