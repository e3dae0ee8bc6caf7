"""An item's form: text is not lost, is sent once, and like names are named while it is typed."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long


@pytest.fixture
def dialogs(scripted_page):
    """Return the kinds of dialogs that came up; each is answered with going on."""
    kinds = []

    def go_on(dialog):
        kinds.append(dialog.type)
        dialog.accept()

    scripted_page.on("dialog", go_on)
    return kinds


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_leaving_asks_only_while_text_would_be_lost(scripted_page, site, dialogs):
    page = scripted_page
    site.request("POST", "/items/", {"name": "Lamp", "description": "\nTwo\nlines"})

    page.goto("/items/1/edit/")
    page.get_by_label("Name").press_sequentially("x")
    page.get_by_label("Name").press("Backspace")
    page.goto("/items/1/")
    assert dialogs == []

    page.goto("/items/1/edit/")
    page.get_by_label("Name").press_sequentially("x")
    press(page, "Save")
    expect(page).to_have_url(re.compile("/items/1/$"))
    assert dialogs == []

    page.goto("/items/1/edit/")
    site.request("PATCH", "/items/1/", {"name": "Chair"})
    page.get_by_label("Name").press_sequentially("y")
    press(page, "Save")
    page.get_by_role("link", name="Keep their version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chair")
    assert dialogs == []

    page.goto("/items/new/")
    page.get_by_label("Description").press_sequentially("typed for long")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/items/")
    assert dialogs == ["beforeunload"]


def test_one_after_the_other_by_enter(scripted_page, site):
    page = scripted_page
    page.goto("/items/new/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Lamp")
    press(page, "Save and add another")
    for name in ("Chair", "Desk"):
        expect(page.get_by_label("Name")).to_be_focused()
        expect(page.get_by_label("Name")).to_have_value("")
        page.keyboard.type(name)
        page.keyboard.press("Enter")

    expect(page.get_by_text("Added “Desk”.")).to_be_visible()
    assert len(site.request("GET", "/items/")[2]) == 3


def test_a_double_click_sends_once_and_says_with_which_button(scripted_page):
    page = scripted_page
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.post_data))
    page.goto("/items/new/")
    page.get_by_label("Name").fill("Lamp")

    page.get_by_role("button", name="Save and add another").dblclick()

    expect(page.get_by_text("Added “Lamp”.")).to_be_visible()
    assert ["another=" in form for form in sent] == [True]


def test_like_names_are_named_while_one_is_typed(scripted_page, site):
    page = scripted_page
    site.request("POST", "/items/", {"name": "Red <Stapler>"})
    page.goto("/items/new/")

    page.get_by_label("Name").press_sequentially("red staplér")
    expect(page.get_by_role("status").filter(has_text="already exist")).to_be_visible()
    expect(page.get_by_role("link", name="Red <Stapler>")).to_have_attribute("href", "/items/1/")
    expect(page.get_by_label("Name")).to_be_focused()

    page.get_by_label("Name").fill("")
    expect(page.get_by_role("link", name="Red <Stapler>")).to_have_count(0)


def test_a_press_is_not_lost_when_a_like_name_appears(scripted_page, site):
    """It appears above the button, which moves while it is pressed."""
    page = scripted_page
    site.request("POST", "/items/", {"name": "Chair"})
    page.goto("/items/new/")
    page.get_by_label("Name").fill("Chair")
    page.get_by_role("button", name="Save", exact=True).hover()

    with page.expect_response("**/items/similar/?*") as answer:
        page.mouse.down()  # the field is left, and its name asked for
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    with page.expect_navigation():
        page.mouse.up()

    assert "Added “Chair”" in page.get_by_role("main").inner_text()
