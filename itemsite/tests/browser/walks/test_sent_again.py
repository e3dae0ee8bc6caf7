"""A form of the account while its table is locked: its text is there, and is sent again."""

import psycopg
import pytest
from playwright.sync_api import expect

from itemsite.tests.browser.axe import violations
from itemsite.tests.browser.layout import faults_of_layout
from itemsite.tests.browser.steps import press, sign_in

pytestmark = pytest.mark.long


def test_a_key_is_created_after_the_fault(scripted_page, site, clone, faults):
    page = scripted_page
    sign_in(page, site)
    page.get_by_label("Name").fill("A long name")
    page.get_by_label("Read-only").check()
    with psycopg.connect(host=str(clone.socket_folder), user="itemsite", dbname="itemsite") as held:
        held.execute("LOCK TABLE items_apikey IN ACCESS EXCLUSIVE MODE")
        press(page, "Create key")

        expect(page.get_by_role("heading", level=1)).to_have_text("Not available right now")
        expect(page.get_by_label("name")).to_have_value("A long name")
        found = faults_of_layout(page) + violations(page)

    press(page, "Try again")

    assert found == []
    expect(page.get_by_role("rowheader")).to_have_text("A long name")
    expect(page.get_by_role("cell", name="read", exact=True)).to_be_visible()
    faults.clear()  # the browser notes the 503
