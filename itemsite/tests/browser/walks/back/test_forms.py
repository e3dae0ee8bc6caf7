"""A form and the version of its item come back together."""

import re

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.walks.back.steps import (
    CASES,
    KEPT,
    PLAIN,
    go_back,
    press,
)

pytestmark = pytest.mark.long


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
