"""The header of the page, with names and words of every length."""

import pytest

from itemsite.tests.browser.layout import WIDTHS, faults_of_layout
from itemsite.tests.browser.states import sign_in

LONG = pytest.mark.long  # beside the widest case


@pytest.mark.parametrize(
    ("locale", "username", "is_staff"),
    [
        pytest.param("de", "maximiliana.mustermann-schmidt", True, id="widest"),
        pytest.param("en", "admin", False, id="narrowest", marks=LONG),
        pytest.param("en", "admin", True, id="usual", marks=LONG),
        pytest.param("en", "maximiliana.mustermann-schmidt", False, id="long name", marks=LONG),
        pytest.param("de", "admin", False, id="German", marks=LONG),
    ],
)
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
