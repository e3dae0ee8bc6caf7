"""A Hebrew name in pages from left to right: the places of its letters, and of those beside it."""

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.steps import sign_in

pytestmark = pytest.mark.long

SHALOM = 'שלום "!'
SEEN = '!" םולש'  # from left to right
ASK = "מה+"
ASK_SEEN = "+המ"
# The letters of an element from left to right; it has one line.
READ = """element => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    const letters = []
    while (texts.nextNode()) {
        const text = texts.currentNode
        for (let at = 0; at < text.length; at += 1) {
            range.setStart(text, at)
            range.setEnd(text, at + 1)
            const [box] = range.getClientRects()
            if (box?.width) letters.push({ letter: text.data[at], left: box.left })
        }
    }
    letters.sort((one, other) => one.left - other.left)
    return letters.map(({ letter }) => letter).join("").trim()
}"""


@pytest.fixture
def page(scripted_page, site):
    site.request("POST", "/items/", {"name": SHALOM, "description": SHALOM})
    scripted_page.set_viewport_size({"width": 1600, "height": 900})
    return scripted_page


def seen(locator):
    expect(locator).to_have_count(1)
    return locator.evaluate(READ)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("address", ["/items/", "/items/?q=שלום"], ids=["all", "found"])
def test_the_list(page, address):
    page.goto(address)

    assert seen(page.locator("tbody th")) == SEEN
    assert seen(page.locator(".summary div")) == SEEN


def test_an_item(page):
    page.goto("/items/1/")

    assert seen(page.locator("h1")) == SEEN
    assert seen(page.locator(".description")) == SEEN


def test_each_line_of_a_description_has_its_own_direction(page, site):
    text = f"Lamp (blue)\n{SHALOM}"
    site.request("PATCH", "/items/1/", {"description": text})
    page.goto("/items/1/")

    lines = page.locator(".description").inner_text().split("\n")
    assert lines == text.split("\n")
    read = READ.replace("box?.width", "box?.width && text.data.indexOf('\\n') < at")
    assert page.locator(".description").evaluate(read) == SEEN


def test_fields(page):
    page.goto("/items/1/edit/")
    for name in ("Name", "Description"):
        expect(page.get_by_label(name)).to_have_css("direction", "rtl")
    page.goto("/items/?q=שלום")
    expect(page.get_by_label("Find")).to_have_css("direction", "rtl")
    page.goto("/items/new/?name=Lamp")
    expect(page.get_by_label("Name")).to_have_css("direction", "ltr")


def test_a_conflict_and_a_message(page, site):
    page.goto("/items/1/edit/")
    site.request("PATCH", "/items/1/", {"name": ASK})
    page.get_by_label("Description").fill(f"{SHALOM}!")
    press(page, "Save")
    versions = page.locator(".versions .description")
    expect(versions).to_have_count(4)
    shown = [versions.nth(place).evaluate(READ) for place in range(4)]
    assert shown == [ASK_SEEN, SEEN, SEEN, f"!{SEEN}"]

    press(page, "Save my version")

    assert seen(page.locator(".message")) == f"Saved “{SEEN}”. Undo"


def test_a_deletion(page):
    page.goto("/items/delete/?id=1")
    assert seen(page.locator(".named li")) == SEEN
    page.goto("/items/1/delete/")
    assert seen(page.locator("main p:has(strong)")) == f"{SEEN} will be deleted."
    press(page, "Delete")

    assert seen(page.locator(".message")) == f"Deleted “{SEEN}”. Undo"


def test_names_beside_each_other(page, site):
    site.request("POST", "/items/", {"name": 'שלום "?'})
    page.goto("/items/new/")
    page.get_by_label("Name").fill("שלום")
    press(page, "Save")

    names = f"{SEEN} · ?{SEEN[1:]}"
    message = f"Added “םולש”. Undo Similar items already exist: {names}"
    assert " ".join(seen(page.locator(".message")).split()) == message


def test_what_is_not_found(page):
    page.goto("/items/")
    page.get_by_label("Find").fill(ASK)
    expect(page.locator("#found .message")).to_be_visible()

    message = page.locator("#found .message")
    assert seen(message) == f"No items match “{ASK_SEEN}”."
    assert seen(page.get_by_role("link", name="Add “")) == f"Add “{ASK_SEEN}”"


def test_keys_and_users(page, site, database):
    sign_in(page, site)
    page.get_by_label("Name").fill(SHALOM)
    press(page, "Create key")
    assert seen(page.locator("tbody th")) == SEEN
    page.locator("tbody").get_by_role("link", name="Revoke").click()
    assert seen(page.locator("h1")) == f"Revoke “{SEEN}”?"
    press(page, "Revoke")
    assert seen(page.locator(".message")) == f"Revoked “{SEEN}”."

    database.execute("UPDATE auth_user SET username = %s WHERE username = 'admin'", [SHALOM])
    try:
        page.reload()
        assert seen(page.locator(".who")) == SEEN
    finally:
        database.execute("UPDATE auth_user SET username = 'admin' WHERE username = %s", [SHALOM])


def test_the_admin(page, site):
    sign_in(page, site)
    page.goto("/admin/items/item/?q=שלום")

    assert seen(page.locator(".field-by_name a")) == SEEN
    assert seen(page.locator(".field-summary")) == SEEN
    expect(page.locator("#searchbar")).to_have_css("unicode-bidi", "plaintext")
    page.goto("/admin/items/item/1/change/")
    expect(page.get_by_label("Name")).to_have_css("direction", "rtl")
    press(page, "Save")
    assert seen(page.locator(".messagelist a")) == SEEN


def test_a_name_cannot_leave_its_place(page, site):
    site.request("POST", "/items/", {"name": "Lamp\u2069\u202e!?"})  # ends an isolate; overrides
    page.goto("/items/2/delete/")
    assert seen(page.locator("main p:has(strong)")) == "Lamp?! will be deleted."
    press(page, "Delete")

    assert seen(page.locator(".message")) == "Deleted “Lamp?!”. Undo"
