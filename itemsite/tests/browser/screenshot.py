"""Take the pictures of the list that README.md shows: bin/screenshot."""

import re
import sys
import tempfile
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, sync_playwright

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.browser.chromium import NOT_THERE, WITH_WINDOWS, find_chromium
from itemsite.tests.browser.steps import sign_in
from itemsite.tests.clone import Clone, Server

FOLDER = PROJECT / "docs"
SIZE = {"width": 1000, "height": 624}
ITEMS = [
    ("Café table", "Round, of oak. Lent to the neighbours until May."),
    ("Cargo bike", "Key no. 12 hangs in the office."),
    ("Coffee machine", "Descale it in spring and in autumn."),
    ("Extension lead, 25 m", "On the drum. Unwind all of it before use."),
    ("Folding chairs", "Forty of them, in the cellar, on two trolleys."),
    ("Label printer", "Takes rolls of 62 mm; two are left."),
    ("Projector", "Its case holds the remote control too."),
    ("Sewing machine", "Serviced in January. Needles are in the lid."),
]
SAME_EVERY_TIME = """
    ALTER TABLE items_item DISABLE TRIGGER USER;
    UPDATE items_item
    SET updated_at = timestamptz '2026-03-12 17:20Z' - id * interval '1 day 1 hour 7 minutes';
    ALTER TABLE items_item ENABLE TRIGGER USER
"""


def main() -> None:
    chromium = find_chromium(WITH_WINDOWS) or sys.exit(NOT_THERE)
    with tempfile.TemporaryDirectory() as folder:
        clone = Clone(Path(folder))
        server = clone.serve(VISITORS_MAY="view").wait_for_address()
        server.password = re.search(r"password (\S+)", server.output)[1]
        try:
            fill(clone)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium)
                for scheme in ("light", "dark"):
                    take(browser, server, scheme)
                browser.close()
        finally:
            server.stop()
            clone.remove()


def fill(clone: Clone) -> None:
    with psycopg.connect(
        host=str(clone.socket_folder), user="itemsite", dbname="itemsite"
    ) as connection:
        insert = "INSERT INTO items_item (name, description) VALUES (%s, %s)"
        connection.cursor().executemany(insert, ITEMS)
        connection.execute(SAME_EVERY_TIME)


def take(browser: Browser, server: Server, scheme: str) -> None:
    page = browser.new_page(
        base_url=f"http://127.0.0.1:{server.port}", viewport=SIZE, color_scheme=scheme
    )
    sign_in(page, server)
    page.goto("/items/?sort=name")
    page.screenshot(path=FOLDER / f"list-{scheme}.png")
    page.close()


if __name__ == "__main__":
    main()
