"""Going back, with the page kept or fetched again, with scripts or without."""

import re

import pytest
from playwright.sync_api import expect

CASES = [  # does the browser keep the page, and does it run scripts
    pytest.param(True, True, id="kept"),
    pytest.param(True, False, id="kept, without JavaScript"),
    pytest.param(False, True, id="fetched"),
    pytest.param(False, False, id="fetched, without JavaScript"),
]
KEPT, *_, PLAIN = CASES  # those that differ the most
FETCHED = CASES[2:]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def go_back(page, address):
    """Go back; nothing can wait for the load event, which a page that was kept has not."""
    page.go_back(wait_until="commit")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


def ticked(page):
    return [tick.get_attribute("value") for tick in page.locator("tbody :checked").all()]
