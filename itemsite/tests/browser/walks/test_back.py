"""Back: what a page trusts to belong together comes back together, or not at all.

The browser either kept the whole page (back-forward cache), or it fetches the page again.
"""

import re

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.chromium import WITH_WINDOWS, find_chromium
from itemsite.tests.browser.steps import sign_in

pytestmark = pytest.mark.long

CASES = [  # does the browser keep the page, and does it run scripts
    pytest.param(True, True, id="kept"),
    pytest.param(True, False, id="kept, without JavaScript"),
    pytest.param(False, True, id="fetched"),
    pytest.param(False, False, id="fetched, without JavaScript"),
]
KEPT, *_, PLAIN = CASES  # those that differ the most
FETCHED = CASES[2:]


@pytest.fixture(scope="module")
def keeping_browser(browser):
    """Return a browser with the back-forward cache, which Playwright switches off.

    Chromium without windows has none.
    """
    off = ["--disable-back-forward-cache"]
    chromium = browser.browser_type.launch(
        executable_path=find_chromium(WITH_WINDOWS), ignore_default_args=off
    )
    yield chromium
    chromium.close()


@pytest.fixture
def new_page(browser, keeping_browser, site):
    """Return a function that opens a page for a new visitor."""
    contexts = []

    def new_page(keeps, scripted):
        context = (keeping_browser if keeps else browser).new_context(
            base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=scripted
        )
        contexts.append(context)
        if not keeps:
            context.route("**/*", lambda route: route.continue_())  # no cache for HTTP either
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def go_back(page, address):
    """Go back; nothing can wait for the load event, which a page that was kept has not."""
    page.go_back(wait_until="commit")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


def ticked(page):
    return [tick.get_attribute("value") for tick in page.locator("tbody :checked").all()]


def saved(site, pk=1):
    return site.request("GET", f"/items/{pk}/")[2]


@pytest.mark.parametrize(("keeps", "scripted"), CASES)
def test_an_old_text_does_not_get_a_new_version(new_page, site, items, keeps, scripted):
    page = new_page(keeps, scripted)
    page.goto("/items/1/edit/")
    page.get_by_label("Description").fill("Mine")
    press(page, "Save")
    expect(page).to_have_url(re.compile("/items/1/$"))
    site.request("PATCH", "/items/1/", {"description": "Theirs"})
    go_back(page, "/items/1/edit/")
    page.get_by_label("Name").fill("Vase")
    press(page, "Save")

    if keeps or scripted:
        expect(page.get_by_role("heading", level=2).first).to_contain_text("Somebody else saved")
        expect(page.get_by_role("main")).to_contain_text("Theirs")
        expect(page.get_by_label("Description")).to_have_value("Mine")
        assert saved(site)["name"] == "Café table"
    else:
        expect(page.get_by_role("heading", level=1)).to_have_text("Vase")
    assert saved(site)["description"] == "Theirs"


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "fetched"])
def test_who_goes_back_to_what_was_saved_and_saves_again_has_no_conflict(
    new_page, site, items, keeps
):
    page = new_page(keeps, True)
    page.goto("/items/1/edit/")
    page.get_by_label("Name").fill("Vase")
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vase")
    go_back(page, "/items/1/edit/")
    expect(page.get_by_label("Name")).to_have_value("Vase")
    page.get_by_label("Name").fill("Bowl")
    press(page, "Save")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bowl")


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


def test_a_new_item_comes_back_with_its_key(new_page, site):
    page = new_page(False, True)
    page.goto("/items/new/")
    page.get_by_label("Name").fill("Lamp")
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
    go_back(page, "/items/new/")
    expect(page.get_by_label("Name")).to_have_value("Lamp")
    press(page, "Save")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
    assert len(site.request("GET", "/items/")[2]) == 1


@pytest.mark.parametrize(("keeps", "scripted"), [KEPT, PLAIN])
@pytest.mark.parametrize("change", ["DELETE", "PATCH"], ids=["deleted", "renamed"])
def test_a_form_that_outlives_its_item_adds_a_new_one(new_page, site, keeps, scripted, change):
    page = new_page(keeps, scripted)
    page.goto("/items/new/")
    page.get_by_label("Name").fill("Bowl")
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bowl")
    site.request(change, "/items/1/", {"name": "Vase"} if change == "PATCH" else None)
    go_back(page, "/items/new/")
    if not (keeps or scripted):
        page.get_by_label("Name").fill("Bowl")
    expect(page.get_by_label("Name")).to_have_value("Bowl")
    press(page, "Save")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bowl")
    expect(page.get_by_role("status").first).to_contain_text("Added “Bowl”")
    names = [item["name"] for item in site.request("GET", "/items/")[2]]
    assert names == (["Bowl"] if change == "DELETE" else ["Bowl", "Vase"])


@pytest.mark.parametrize(("keeps", "scripted"), CASES)
def test_ticks_come_back_on_the_rows_that_had_them(new_page, site, items, keeps, scripted):
    page = new_page(keeps, scripted)
    page.goto("/items/")
    page.get_by_role("checkbox", name="Chair").check()
    page.get_by_role("checkbox", name="Café table").check()
    page.get_by_role("link", name="Lamp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamp")
    site.request("POST", "/items/", {"name": "Vase"})
    go_back(page, "/items/")
    expect(page.get_by_role("rowheader")).to_have_count(3 if keeps else 4)
    expect(page.locator("tbody :checked")).to_have_count(2 if keeps or scripted else 0)
    if not (keeps or scripted):
        return
    assert ticked(page) == ["2", "1"]
    if scripted:
        expect(page.get_by_role("button", name="Delete selected… (2)")).to_be_visible()

    page.get_by_role("button", name="Delete selected").click()

    expect(page.get_by_role("listitem")).to_have_text(["Chair", "Café table"])


def test_ticks_come_back_to_the_search_that_had_them(new_page, site, items):
    page = new_page(False, True)
    page.goto("/items/")
    page.get_by_role("checkbox", name="Lamp").check()
    page.get_by_label("Find").fill("cha")
    expect(page.get_by_role("rowheader")).to_have_text(["Chair"])
    page.get_by_role("checkbox", name="Chair").check()
    page.get_by_role("link", name="Chair").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chair")

    go_back(page, "/items/?q=cha")
    expect(page.locator("tbody :checked")).to_have_count(1)
    assert ticked(page) == ["2"]
    go_back(page, "/items/")
    expect(page.get_by_role("rowheader")).to_have_count(3)
    assert ticked(page) == ["3"]
    expect(page.get_by_role("button", name="Delete selected… (1)")).to_be_visible()


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
