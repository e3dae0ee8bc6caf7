"""Rows are ticked and deleted together."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long


@pytest.fixture
def chairs(site):
    site.request("POST", "/items/", [{"name": f"Chair {number}"} for number in range(1, 61)])


def tick(page, name):
    return page.get_by_role("checkbox", name=name, exact=True)


def ticked(page):
    return page.locator("tbody :checked")


def button(page, name):
    return page.get_by_role("button", name=re.compile(name))


def test_ticked_rows_are_deleted_together(page, chairs):
    page.goto("/items/?q=chair&sort=oldest")
    tick(page, "Chair 2").check()
    tick(page, "Chair 4").check()
    button(page, "^Delete selected").click()
    expect(page.get_by_role("listitem")).to_have_text(["Chair 2", "Chair 4"])
    button(page, "^Delete 2 items$").click()

    expect(page.get_by_text("Deleted 2 items.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/items/\?q=chair&sort=oldest$"))
    button(page, "^Delete all 58 matching").click()
    button(page, "^Delete 58 items$").click()

    expect(page.get_by_text("No items match “chair”.")).to_be_visible()


def test_the_head_ticks_all_on_the_page(scripted_page, chairs):
    page = scripted_page
    page.goto("/items/")

    tick(page, "Select all on this page").check()

    expect(ticked(page)).to_have_count(50)
    expect(button(page, r"^Delete selected….*\(50\)")).to_be_visible()
    tick(page, "Chair 60").uncheck()
    expect(tick(page, "Select all on this page")).to_be_checked(indeterminate=True)


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

    tick(page, "Select all on this page").check()

    expect(ticked(page)).to_have_count(1)
    expect(button(page, r"^Delete selected….*\(1\)")).to_be_visible()
