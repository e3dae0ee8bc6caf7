"""Back: what a page trusts to belong together comes back together, or not at all.

The browser either kept the whole page (back-forward cache), or it fetches the page again.
"""

import re

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.steps import sign_in
from itemsite.tests.browser.walks.back.steps import (
    FETCHED,
    KEPT,
    PLAIN,
    go_back,
    press,
    ticked,
)

pytestmark = pytest.mark.long


# Without JavaScript no header takes a kept page away: Chromium 150 ignores Clear-Site-Data there.
@pytest.mark.parametrize(("keeps", "scripted"), [KEPT, *FETCHED])
def test_after_signing_out_back_shows_nothing_of_the_account(
    new_page, site, items, keeps, scripted
):
    page = new_page(keeps, scripted)
    sign_in(page, site)
    page.goto("/items/1/")
    press(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    go_back(page, "/items/1/")

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_text("admin", exact=True)).to_have_count(0)


@pytest.mark.parametrize("typed", ["", "half a text"], ids=["nothing typed", "typed"])
def test_a_kept_page_asks_whether_its_account_is_signed_in(new_page, site, database, items, typed):
    page = new_page(True, True)
    sign_in(page, site)
    page.goto("/items/new/")
    page.get_by_label("Name").press_sequentially(typed)
    page.evaluate("() => { window.isKept = true }")
    page.goto("/docs/")
    go_back(page, "/items/new/")
    expect(page.get_by_label("Name")).to_have_value(typed)
    assert page.evaluate("() => window.isKept ?? false") is bool(typed)

    page.goto("/docs/")
    database.execute("DELETE FROM django_session")  # as when the password changes elsewhere
    go_back(page, "/items/new/")

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_text("admin", exact=True)).to_have_count(0)


def test_the_browser_that_keeps_pages_does(new_page, site):
    page = new_page(True, True)
    page.goto("/items/new/")
    page.evaluate("() => { window.isKept = true }")
    page.goto("/items/")

    go_back(page, "/items/new/")

    assert page.evaluate("() => window.isKept")


@pytest.mark.parametrize(("keeps", "scripted"), [KEPT, PLAIN])
@pytest.mark.parametrize(
    ("address", "button"),
    [("/items/1/delete/", "Delete"), ("/items/delete/?id=1&id=2", "Delete 2 items")],
    ids=["one", "two"],
)
def test_only_what_is_shown_is_deleted(new_page, site, items, keeps, scripted, address, button):
    page = new_page(keeps, scripted)
    page.goto(address)
    page.goto("/docs/")
    site.request("PATCH", "/items/1/", {"name": "Heirloom"})
    go_back(page, address)
    if keeps:
        expect(page.get_by_role("main")).to_contain_text("Café table")
        press(page, button)
        expect(page.get_by_role("alert")).to_contain_text("Nothing is deleted yet.")
        assert len(site.request("GET", "/items/")[2]) == 3

    expect(page.get_by_role("main")).to_contain_text("Heirloom")
    press(page, button)

    expect(page).to_have_url(re.compile("/items/$"))
    assert len(site.request("GET", "/items/")[2]) == (2 if button == "Delete" else 1)


def test_the_order_that_is_shown_is_that_of_the_list(new_page, site, items):
    page = new_page(False, False)
    page.goto("/items/")
    page.get_by_label("Sort").select_option("Name")
    page.goto("/docs/")
    go_back(page, "/items/")

    expect(page.get_by_label("Sort").locator("option:checked")).to_have_text("Newest")


def test_a_new_key_has_only_what_is_chosen_for_it(new_page, site):
    page = new_page(False, False)
    sign_in(page, site)
    page.get_by_label("Name").fill("nightly")
    page.get_by_label("Expires").select_option("Never")
    page.get_by_label("Read-only").check()
    page.goto("/docs/")
    go_back(page, "/accounts/keys/")

    expect(page.get_by_label("Name")).to_have_value("")
    expect(page.get_by_label("Expires").locator("option:checked")).to_have_text("In 90 days")
    expect(page.get_by_label("Read-only")).not_to_be_checked()


@pytest.mark.parametrize("scripted", [True, False], ids=["scripts", "without JavaScript"])
def test_the_admin_brings_nothing_wrong_back(new_page, site, items, scripted):
    page = new_page(False, scripted)
    sign_in(page, site)
    page.goto("/admin/items/item/1/change/")
    page.get_by_label("Description").fill("Mine")
    page.goto("/admin/items/item/")
    page.get_by_role("row", name="Chair").get_by_role("checkbox").check()
    page.goto("/docs/")
    site.request("POST", "/items/", {"name": "Vase"})

    go_back(page, "/admin/items/item/")
    expect(page.get_by_role("row", name="Vase")).to_be_visible()
    assert ticked(page) == []
    go_back(page, "/admin/items/item/1/change/")
    expect(page.get_by_label("Description")).to_have_value("Round, of oak.\nLent to Ann until May.")
