"""Two sites on one machine: browsers send each cookie to all ports of a host."""

import re

import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.steps import sign_in
from itemsite.tests.clone import Clone

pytestmark = pytest.mark.long


@pytest.fixture
def other_site(tmp_path):
    clone = Clone(tmp_path)
    server = clone.serve().wait_for_address()
    server.password = re.search(r"password (\S+)", server.output)[1]
    yield server
    server.stop()
    clone.remove()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_nobody_signs_the_other_out(scripted_page, site, other_site):
    page = scripted_page
    sign_in(page, site)
    other_page = page.context.new_page()
    other = f"http://127.0.0.1:{other_site.port}"
    other_page.goto(f"{other}/accounts/keys/")
    other_page.locator("[name=username]").fill("admin")
    other_page.locator("[name=password]").fill(other_site.password)
    other_page.locator("[name=password]").press("Enter")
    expect(other_page.get_by_role("heading", level=1)).to_have_text("API keys")
    with other_page.expect_response("**/theme/"):
        press(other_page, "Dark")
    press(other_page, "Deutsch")
    expect(other_page.locator("html")).to_have_attribute("lang", "de")

    page.reload()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "system")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    other_page.reload()
    expect(other_page.get_by_role("button", name="Abmelden")).to_be_visible()
    expect(other_page.locator("html")).to_have_attribute("data-theme", "dark")
