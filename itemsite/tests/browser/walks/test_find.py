"""The list finds as you type: newest answers only, and an address for each."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long

NAMES = ["Lamp", "Lamp shade", "Ladder", "Chair"]


@pytest.fixture
def page(scripted_page, site):
    site.request("POST", "/items/", [{"name": name} for name in NAMES])
    scripted_page.goto("/items/")
    return scripted_page


def rows(page):
    return page.get_by_role("rowheader")


def test_rows_and_address_follow_what_is_typed(page):
    page.get_by_label("Find").press_sequentially("lamp ")

    expect(rows(page)).to_have_text(["Lamp", "Lamp shade"])
    expect(page).to_have_url(re.compile(r"/items/\?q=lamp$"))
    expect(page).to_have_title("lamp · Items · itemsite")
    expect(page.get_by_role("status").filter(has_text="2 items")).to_be_visible()
    expect(page.get_by_label("Find")).to_be_focused()
    expect(page.get_by_label("Find")).to_have_value("lamp ")


def test_going_back_skips_what_was_typed_on_the_way(page):
    page.get_by_label("Find").fill("la")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Find").fill("ladder")
    expect(rows(page)).to_have_text(["Ladder"])
    page.get_by_label("Sort").select_option("Name")
    expect(page).to_have_url(re.compile(r"\?q=ladder&sort=name$"))

    page.go_back()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("Find")).to_have_value("")
    expect(page.get_by_label("Sort").locator("option:checked")).to_have_text("Newest")

    page.go_forward()
    expect(rows(page)).to_have_text(["Ladder"])
    expect(page.get_by_label("Find")).to_have_value("ladder")
    expect(page.get_by_label("Sort").locator("option:checked")).to_have_text("Name")

    page.get_by_role("link", name="Ladder").click()
    page.go_back()
    expect(page.get_by_label("Find")).to_have_value("ladder")


def test_an_answer_that_comes_late_is_not_shown(page):
    held = []
    page.route("**/items/?q=lamp", lambda route: held.append(route))
    with page.expect_request("**/items/?q=lamp"):
        page.get_by_label("Find").fill("lamp")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_text("Searching…")).to_be_visible()

    page.get_by_label("Find").fill("chair")
    expect(rows(page)).to_have_text(["Chair"])
    assert held[0].request.failure  # it was given up, so it can no longer come

    expect(rows(page)).to_have_text(["Chair"])
    expect(page).to_have_url(re.compile(r"\?q=chair$"))
    expect(page.get_by_text("Searching…")).to_have_count(0)


@pytest.mark.parametrize(
    "failure",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, content_type="text/html"),
    ],
    ids=["no answer", "503"],
)
def test_when_the_server_fails_it_is_said_and_the_rows_stay(page, faults, failure):
    page.route("**/items/?q=lamp", failure)
    page.get_by_label("Find").fill("lamp")
    expect(page.get_by_text("The server did not answer")).to_be_visible()
    expect(rows(page)).to_have_count(4)
    expect(page).to_have_url(re.compile("/items/$"))
    assert faults.pop()

    page.unroute("**/items/?q=lamp")
    page.get_by_label("Find").press("Enter")

    expect(rows(page)).to_have_text(["Lamp", "Lamp shade"])
    expect(page.get_by_text("The server did not answer")).to_have_count(0)


def test_a_scanner_finds_one_after_the_other(page):
    for name in ("Ladder", "Chair"):
        page.keyboard.press("/")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_text([name])

    page.keyboard.type("lamp s")

    expect(rows(page)).to_have_text(["Lamp shade"])


def test_what_is_composed_is_looked_for_when_it_is_whole(page):
    asked = []
    page.on("request", lambda request: "?" in request.url and asked.append(request.url))
    ime = page.context.new_cdp_session(page)
    page.get_by_label("Find").focus()

    ime.send("Input.imeSetComposition", {"text": "l", "selectionStart": 1, "selectionEnd": 1})
    ime.send("Input.imeSetComposition", {"text": "la", "selectionStart": 2, "selectionEnd": 2})
    ime.send("Input.insertText", {"text": "lamp"})

    expect(rows(page)).to_have_count(2)
    assert [url.partition("?")[2] for url in asked] == ["q=lamp"]


def test_a_session_that_ended_leads_to_the_form(page):
    page.route(
        "**/items/?q=lamp",
        lambda route: route.fulfill(body="<title>Sign in</title>", content_type="text/html"),
    )

    page.get_by_label("Find").fill("lamp")

    expect(page).to_have_title("Sign in")


def test_a_number_leads_to_the_item_only_with_enter(page, site):
    number = site.request("POST", "/items/", {"name": "Vase"})[2]["id"]

    page.get_by_label("Find").press_sequentially("la")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Find").fill(f"#{number}")
    page.get_by_label("Sort").select_option("Name")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Find").press("Enter")

    expect(page).to_have_url(re.compile(f"/items/{number}/$"))


def test_heads_sort(page):
    page.get_by_role("link", name="Name", exact=True).click()

    expect(rows(page)).to_have_text(sorted(NAMES))
    head = page.get_by_role("columnheader", name="Name")
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_the_line_above_near_misses_leads_nowhere(page, site):
    site.request("POST", "/items/", {"name": "Adler"})
    page.get_by_label("Find").fill("adder")
    expect(rows(page)).to_have_text(["Ladder", "Did you mean:", "Adler"])

    page.get_by_role("rowheader", name="Did you mean:").click()

    expect(page).to_have_url(re.compile(r"/items/\?q=adder$"))
