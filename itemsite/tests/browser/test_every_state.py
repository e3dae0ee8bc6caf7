"""Every page in every state: axe-core and the Nu HTML checker find nothing, nothing overlaps."""

import pytest

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.browser.axe import violations
from itemsite.tests.browser.layout import WIDTHS, faults_of_layout
from itemsite.tests.browser.nu_checker import needs_checker, run_checker
from itemsite.tests.browser.states import STATES, fill

# A bar that stays in sight would cover parts of links, by chance; at the end it covers nothing.
TO_THE_END = "document.querySelector('.stays, .thumb') && scrollTo(0, document.body.scrollHeight)"
QUICK = ("the list", "a form with errors", "a new key")
STATIC = PROJECT / "static"


@pytest.fixture(scope="module")
def documents():
    """Return the HTML of each state that a test of this file has been in."""
    return {}


def visit(state, page, site):
    """Go to a state, and return the HTML that came."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    STATES[state](page, site)
    page.wait_for_load_state()
    documents = [answer for answer in answers if answer.request.resource_type == "document"]
    return documents[-1].body()


@pytest.mark.parametrize(
    "state",
    [pytest.param(state, marks=[] if state in QUICK else pytest.mark.long) for state in STATES],
)
def test_axe_finds_nothing(scripted_page, site, items, documents, state):
    page = scripted_page
    documents[state] = visit(state, page, site)

    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += faults_of_layout(page)
    for width in (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(TO_THE_END)
        found += violations(page)

    assert not found, "\n".join(found)


@needs_checker
def test_the_html_checker_finds_only_what_is_wrong(open_page, site, database, documents, tmp_path):
    for state in STATES.keys() - documents.keys():
        fill(site, database)
        documents[state] = visit(state, open_page(), site)
    for state, document in documents.items():
        (tmp_path / f"{state}.html").write_bytes(document)
    (tmp_path / "wrong.html").write_text("<!doctype html><title>x</title><p id=a id=a>")

    faults = run_checker(tmp_path, *STATIC.glob("*.css"), *STATIC.glob("*.svg"))

    assert any("wrong.html" in fault and "Duplicate attribute" in fault for fault in faults)
    assert [fault for fault in faults if "wrong.html" not in fault] == []
