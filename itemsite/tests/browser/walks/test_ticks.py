"""Rows are ticked and deleted together."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long


@pytest.fixture
def chairs(site):
    site.request("POST", "/items/", [{"name": f"Chair {number}"} for number in range(1, 61)])


def tick(page, name):
    return page.get_by_role("checkbox", name=f"Select {name}", exact=True)


def ticked(page):
    return page.locator("tbody :checked")


def button(page, name):
    return page.get_by_role("button", name=re.compile(name))


def test_ticked_rows_are_deleted_together(page, chairs):
    scripts = page.evaluate("() => matchMedia('(scripting: enabled)').matches")
    page.goto("/items/?q=chair&sort=oldest")
    tick(page, "Chair 2").check()
    tick(page, "Chair 4").check()
    button(page, "^Delete selected").click()
    expect(page.get_by_role("listitem")).to_have_text(["Chair 2", "Chair 4"])
    button(page, "^Delete 2 items$").click()

    expect(page.get_by_text("Deleted 2 items.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/items/\?q=chair&sort=oldest$"))
    if scripts:
        tick(page, "all on this page").check()
    tick(page, "all 58 that match").check()
    button(page, "^Delete selected").click()
    button(page, "^Delete 58 items$").click()

    expect(page.get_by_text("No items match “chair”.")).to_be_visible()


def test_the_head_ticks_all_on_the_page(scripted_page, chairs):
    page = scripted_page
    page.goto("/items/")

    tick(page, "all on this page").check()

    expect(ticked(page)).to_have_count(50)
    expect(page.get_by_text("50 rows are selected.")).to_have_role("status")
    expect(button(page, r"^Delete selected….*\(50\)")).to_be_visible()
    tick(page, "Chair 60").uncheck()
    expect(tick(page, "all on this page")).to_be_checked(indeterminate=True)


def test_shift_ticks_a_range(scripted_page, chairs):
    page = scripted_page
    page.goto("/items/?sort=oldest")

    tick(page, "Chair 7").check()
    tick(page, "Chair 3").click(modifiers=["Shift"])

    expect(ticked(page)).to_have_count(5)


def test_what_is_found_while_typing_can_be_ticked(scripted_page, chairs):
    page = scripted_page
    page.goto("/items/")
    tick(page, "Chair 60").check()
    page.get_by_label("Find").fill("chair 60")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(ticked(page)).to_have_count(0)

    tick(page, "all on this page").check()

    expect(ticked(page)).to_have_count(1)
    expect(button(page, r"^Delete selected….*\(1\)")).to_be_visible()


def test_a_row_leads_to_its_item_and_its_text_can_be_selected(scripted_page, site):
    page = scripted_page
    site.request("POST", "/items/", {"name": "Chair", "description": "One of six"})
    page.goto("/items/?q=chair")
    summary = page.get_by_text("One of six")

    box = summary.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 5)
    page.mouse.up()
    assert page.evaluate("() => getSelection().toString()")
    expect(page).to_have_url(re.compile(r"/items/\?q=chair$"))
    page.get_by_role("heading", level=1).click()
    summary.click(position={"x": 5, "y": 5})

    expect(page).to_have_url(re.compile(r"/items/1/\?q=chair$"))
