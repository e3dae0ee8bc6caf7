"""The header of the page, with names and words of every length."""

import pytest

from itemsite.tests.browser.layout import WIDTHS, faults_of_layout
from itemsite.tests.browser.states import sign_in


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("username", ["admin", "maximiliana.mustermann-schmidt"])
@pytest.mark.parametrize("is_staff", [True, False], ids=["staff", "no staff"])
def test_nothing_in_the_header_overlaps(open_page, site, database, username, locale, is_staff):
    page = open_page(locale=locale)
    sign_in(page, site)
    database.execute("UPDATE auth_user SET username = %s, is_staff = %s", [username, is_staff])
    try:
        page.goto("/items/")
        found = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found += faults_of_layout(page)
            if page.locator(".who").bounding_box()["width"] < 30:
                found.append(f"{width}: too little is left for the name")
    finally:
        database.execute("UPDATE auth_user SET username = 'admin', is_staff = true")

    assert not found, "\n".join(found)
