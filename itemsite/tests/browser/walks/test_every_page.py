"""What scripts do on every page: copy lines, change the theme."""

import re

from playwright.sync_api import expect


def test_a_line_is_copied(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/docs/")

    page.get_by_role("button", name="Copy").first.click()

    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert re.fullmatch(r"curl http://127.0.0.1:\d+/items/", copied)


def test_where_copying_is_refused_the_line_is_selected(open_page):
    page = open_page(permissions=[])
    page.goto("/docs/")

    page.get_by_role("button", name="Copy").first.click()

    expect(page.get_by_text("The text is selected")).to_be_visible()
    assert page.evaluate("() => getSelection().toString()").startswith("curl http")


def test_the_theme_changes_at_once_and_stays(scripted_page):
    page = scripted_page
    page.goto("/items/new/")
    page.get_by_label("Name").fill("half a name")

    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()

    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    expect(page.get_by_label("Name")).to_have_value("half a name")
    page.goto("/docs/")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
