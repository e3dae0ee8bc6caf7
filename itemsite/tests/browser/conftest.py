"""Pages in Chromium, against a server of their own with the headers that people get.

Nothing here lasts longer than this folder's tests: Playwright keeps an event loop running in the
thread, in which Django's ORM, that other tests use, would refuse to work.
"""

import os
import re

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright

from itemsite.tests.browser.chromium import NOT_THERE, find_chromium, note_faults
from itemsite.tests.browser.states import empty, fill
from itemsite.tests.clone import Clone

PATIENCE_MILLISECONDS = 15_000  # until something has certainly failed


@pytest.fixture(scope="package")
def browser():
    chromium = find_chromium()
    if chromium is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NOT_THERE)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def clone(tmp_path_factory):
    clone = Clone(tmp_path_factory.mktemp("browser"))
    yield clone
    clone.remove()


@pytest.fixture(scope="package")
def server(browser, clone):
    """Return a server on which visitors may do everything; without a browser there is none.

    The browser is no proxy to it, so that pages are compressed.
    """
    server = clone.serve(FORWARDED_ALLOW_IPS="192.0.2.1").wait_for_address()
    server.password = re.search(r"password (\S+)", server.output)[1]  # of the account admin
    yield server
    server.stop()


@pytest.fixture
def database(clone, server):
    with psycopg.connect(
        host=str(clone.socket_folder), user="itemsite", dbname="itemsite", autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
def site(server, database):
    """Return the server without items and keys; the next of each is number 1."""
    empty(database)
    return server


@pytest.fixture
def items(site, database):
    fill(site, database)


@pytest.fixture
def faults():
    """Return what went wrong in the pages; a test that makes something fail takes it out."""
    return []


@pytest.fixture
def open_page(browser, site, faults):
    """Return a function that opens a page for a new visitor; its options are Playwright's.

    The test fails when anything went wrong in one of the pages, whatever the test looked at.
    """
    origin = f"http://127.0.0.1:{site.port}"
    contexts = []

    def open_page(**options):
        context = browser.new_context(base_url=origin, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        note_faults(context, faults)
        return context.new_page()

    yield open_page

    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def scripted_page(open_page):
    """Return a page that runs JavaScript."""
    return open_page()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(open_page, request):
    """Return a page, once with JavaScript and once without: a test of it runs twice."""
    return open_page(java_script_enabled=request.param)
