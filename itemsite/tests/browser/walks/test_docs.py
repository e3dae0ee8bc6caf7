"""The examples of /docs/, run from the page."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long


def run(page, call):
    page.get_by_role("button", name=f"Run: {call}", exact=True).first.click()


def call_of(page, call):
    """Return the part of the page with the line, the button and the answer."""
    button = page.get_by_role("button", name=f"Run: {call}", exact=True)
    return page.locator(".call").filter(has=button).first


def status_of(page, call):
    return call_of(page, call).locator(".run").get_by_role("status")


def test_an_example_that_reads_shows_its_answer(scripted_page, items):
    page = scripted_page
    page.goto("/docs/")

    run(page, "GET /items/3/")
    run(page, "HEAD /items/?q=book")
    run(page, "GET /items.xlsx")

    item = call_of(page, "GET /items/3/")
    expect(status_of(page, "GET /items/3/")).to_contain_text("200 OK")
    expect(item.get_by_role("group", name="Answer")).to_contain_text('"name":"Lamp"')
    item.get_by_text("Headers").click()
    expect(item.get_by_text("content-type: application/json")).to_be_visible()
    head = call_of(page, "HEAD /items/?q=book")
    expect(head.get_by_text("x-total-count: 0")).to_be_visible()
    file = call_of(page, "GET /items.xlsx")
    expect(file.get_by_role("group", name="Answer")).to_have_text("A file, which is not shown.")


def test_a_long_answer_is_cut(scripted_page, site):
    site.request(
        "POST", "/items/", [{"name": f"Item {n}", "description": "x" * 999} for n in range(99)]
    )
    page = scripted_page
    page.goto("/docs/")

    run(page, "GET /items.ndjson")

    call = call_of(page, "GET /items.ndjson")
    expect(status_of(page, "GET /items.ndjson")).to_have_text("200 OK, more than 20,000 bytes")
    expect(call.get_by_role("group", name="Answer")).to_contain_text("The rest is not shown.")


def test_an_example_that_writes_asks_first(scripted_page, site, items):
    page = scripted_page
    page.goto("/docs/")

    run(page, "DELETE /items/3/")
    expect(page.get_by_role("dialog")).to_contain_text(
        f"DELETE http://127.0.0.1:{site.port}/items/3/"
    )
    page.keyboard.press("Enter")  # Cancel has the focus
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert site.request("GET", "/items/3/")[0] == 200

    run(page, "DELETE /items/3/")
    page.get_by_role("dialog").get_by_role("button", name="Run").click()

    expect(status_of(page, "DELETE /items/3/")).to_contain_text("204 No Content")
    assert site.request("GET", "/items/3/")[0] == 410


def test_a_key_is_sent_and_kept_nowhere(clone, open_page, items):
    closed = clone.serve(VISITORS_MAY="view").wait_for_address()
    try:
        key = clone.manage("create_api_key", "docs", "--user", "admin").stdout.strip()
        page = open_page()
        page.goto(f"http://127.0.0.1:{closed.port}/docs/")
        status = status_of(page, "PUT /items/3/")

        run(page, "PUT /items/3/")
        page.get_by_role("dialog").get_by_role("button", name="Run").click()
        expect(status).to_contain_text("401 Unauthorized")
        page.get_by_label("API key for Run").fill(key)
        run(page, "PUT /items/3/")
        page.get_by_role("dialog").get_by_role("button", name="Run").click()
        expect(status).to_contain_text("200 OK")

        assert key not in page.content()
        assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
        page.reload()
        expect(page.get_by_label("API key for Run")).to_have_value("")
        page.goto("/items/")
        page.go_back()
        expect(page.get_by_label("API key for Run")).to_have_value("")
    finally:
        closed.stop()


def test_without_javascript_nothing_runs(open_page, items):
    page = open_page(java_script_enabled=False)
    page.goto("/docs/")

    expect(page.get_by_text("changes data").first).to_be_visible()
    expect(page.get_by_role("button", name="Run")).to_have_count(0)
    expect(page.get_by_label("API key for Run")).to_be_hidden()
