"""Every page in every state: axe-core finds nothing, and nothing lies on something else."""

from importlib.resources import files

import pytest

from itemsite.tests.browser.layout import WIDTHS, faults_of_layout
from itemsite.tests.browser.states import STATES

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22a wcag22aa best-practice".split()
SCHEMES = {"light": TAGS, "dark": ["color-contrast", "link-in-text-block"]}  # else they are alike
RUN = """async asked => (await axe.run({ runOnly: asked, resultTypes: ["violations"] })).violations
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.html).join(" | ")}`)"""


QUICK = ("the list", "a form with errors", "a new key")


@pytest.mark.parametrize(
    "state",
    [pytest.param(state, marks=[] if state in QUICK else pytest.mark.long) for state in STATES],
)
def test_axe_finds_nothing(scripted_page, site, items, state):
    page = scripted_page
    STATES[state](page, site)
    page.evaluate(AXE)

    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += faults_of_layout(page)
    for width in (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, asked in SCHEMES.items():
            # Without motion: colours on their way from one scheme to the other would be measured.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme}: {line}" for line in page.evaluate(RUN, asked)]

    assert not found, "\n".join(found)
