"""What can be seen to be wrong with the layout of a page, whatever it shows."""

from playwright.sync_api import Page

WIDTHS = (320, 360, 412, 640, 768, 1280)  # CSS pixels; at 320 nothing may scroll (WCAG 1.4.10)
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
# Pairs of which one covers a part of the other, in the dialog if one is open. Links may flow
# through a line in pieces, so that each piece counts alone. What stays in sight may cover what can
# be scrolled from under it.
OVERLAPS = """() => {
    const seen = [...(document.querySelector("dialog[open]") ?? document)
        .querySelectorAll("a, button, input, select, summary, textarea, h1, .brand, .who")]
        .filter(part => part.checkVisibility() && !part.closest(".skip"))
    const pieces = seen.flatMap(part => [...part.getClientRects()].map(box => ({ part, box })))
    const covers = (a, b) => a.right - b.left > 1 && b.right - a.left > 1
        && a.bottom - b.top > 1 && b.bottom - a.top > 1
    const stays = part => part.closest(".stays, .thumb") !== null
    const name = part => (part.innerText || part.name || part.tagName).trim()
    return pieces.flatMap((one, index) => pieces.slice(index + 1)
        .filter(other => !one.part.contains(other.part) && !other.part.contains(one.part)
            && stays(one.part) === stays(other.part) && covers(one.box, other.box))
        .map(other => `${name(one.part)} and ${name(other.part)}`))
}"""


def faults_of_layout(page: Page) -> list[str]:
    """Return what overlaps, and whether the page scrolls sideways, at the width that it has."""
    width = page.viewport_size["width"]
    faults = [f"{width}: {pair} overlap" for pair in page.evaluate(OVERLAPS)]
    if page.evaluate(OVERFLOW) > 0:
        faults.append(f"{width}: the page scrolls sideways")
    return faults
