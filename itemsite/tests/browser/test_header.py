"""Names of people, and words of every length, in the header and the list."""

import pytest

from itemsite.tests.browser.layout import WIDTHS, faults_of_layout
from itemsite.tests.browser.steps import sign_in

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


@pytest.mark.long
def test_who_changed_an_item_stays_in_its_row(open_page, site, database, items):
    page = open_page()
    sign_in(page, site)
    database.execute("UPDATE items_changeset SET who = %s", ["maximiliana.mustermann-schmidt" * 5])
    page.goto("/items/")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        row, name = page.locator("tbody tr").first, page.locator("tbody .time .hint").first
        right = name.bounding_box()["x"] + name.bounding_box()["width"]
        if right > row.bounding_box()["x"] + row.bounding_box()["width"]:
            found.append(f"{width}: the name leaves its row")
        found += faults_of_layout(page)

    assert not found, "\n".join(found)
