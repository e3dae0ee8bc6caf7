"""What axe-core finds in a page, at its width, in light and in dark."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22a wcag22aa best-practice".split()
SCHEMES = {"light": TAGS, "dark": ["color-contrast", "link-in-text-block"]}  # else they are alike
# Without preloading: axe would fetch the style sheets again, which the admin does not allow.
RUN = """async asked => (
    await axe.run({ runOnly: asked, resultTypes: ["violations"], preload: false })
).violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(node => node.html).join(" | ")}`)"""


def violations(page: Page) -> list[str]:
    width = page.viewport_size["width"]
    page.evaluate(AXE)
    found = []
    for scheme, asked in SCHEMES.items():
        # Without motion: colours on their way from one scheme to the other would be measured.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{width} {scheme}: {line}" for line in page.evaluate(RUN, asked)]
    return found
