"""Ticks come back on the rows that had them."""

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.walks.back.steps import (
    CASES,
    go_back,
    ticked,
)

pytestmark = pytest.mark.long


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
