"""What scripts do on every page: copy lines, change the theme."""

import re

import pytest
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


@pytest.mark.long
def test_times_are_those_of_the_reader(open_page, items, database):
    database.execute("""
        ALTER TABLE items_item DISABLE TRIGGER USER;
        UPDATE items_item SET updated_at = CASE id WHEN 1 THEN timestamptz '2026-03-12 17:20Z'
            WHEN 2 THEN now() - interval '47 hours'
            ELSE now() - interval '5 minutes 10 seconds' END;
        ALTER TABLE items_item ENABLE TRIGGER USER
    """)
    plain = open_page(java_script_enabled=False, timezone_id="Asia/Tokyo")
    plain.goto("/items/")
    expect(plain.locator(".time time").last).to_have_text("12 Mar 2026, 17:20")
    expect(plain.get_by_text("(UTC)")).to_be_visible()

    page = open_page(locale="en-GB", timezone_id="Asia/Tokyo")
    page.goto("/items/")
    times = page.locator(".time time")
    expect(times).to_have_text(["5 minutes ago", "1 day ago", "13 Mar 2026, 02:20"])
    expect(times.last).to_have_attribute("title", "13 Mar 2026, 02:20")
    expect(page.get_by_text("(UTC)")).to_be_hidden()
    page.emulate_media(media="print")
    expect(times.first).to_have_text(re.compile(r", \d\d:\d\d$"))
    page.goto("/changes/1/undo/")
    expect(page.get_by_role("main").locator("time")).to_have_attribute("title", re.compile("."))


@pytest.mark.long
def test_nothing_stays_over_a_page_that_is_zoomed(scripted_page, site):
    """At 400 % a window of 1280 pixels has 320, and 256 in height."""
    site.request("POST", "/items/", [{"name": f"Desk {number}"} for number in range(60)])
    page = scripted_page
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto("/items/")
    page.get_by_role("checkbox", name="Select Desk 59").check()

    for part in (".bar", ".thumb"):
        expect(page.locator(part)).to_have_css("position", "static")


@pytest.mark.long
def test_the_bar_does_not_cover_what_has_the_focus(scripted_page, site):
    site.request("POST", "/items/", [{"name": f"Desk {number}"} for number in range(60)])
    page = scripted_page
    page.goto("/items/")
    for link in page.locator(".on-phone").all():
        expect(link).to_be_hidden()
    page.get_by_role("checkbox", name="Select Desk 59").check()
    for _ in range(25):
        page.keyboard.press("j")

    row, bar = (page.locator(part).bounding_box() for part in ("tr:focus-within", ".bar"))
    assert row["y"] + row["height"] <= bar["y"]


@pytest.mark.long
def test_paper_names_the_search_and_where_the_page_begins(scripted_page, items):
    page = scripted_page
    page.goto("/items/?q=cafe")
    told = page.get_by_text("Results for “cafe”. This page begins with “Café table”.")
    expect(told).to_be_hidden()

    page.emulate_media(media="print")

    expect(told).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()
