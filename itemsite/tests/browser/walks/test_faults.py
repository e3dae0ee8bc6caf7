"""What goes wrong in a page is seen, whatever its test looks at."""

import pytest

from itemsite.tests.browser.chromium import note_faults

PLANTED = {
    "uncaught in a script": "() => { setTimeout(() => undefinedFunction()) }",
    "Content Security Policy": "() => { document.body.setAttribute('style', 'color: red') }",
    "requires 'TrustedHTML'": "() => { setTimeout(() => { document.body.innerHTML = 'x' }) }",
    "404 for": """() => new Promise(done => {
        const image = new Image()
        image.onerror = done
        image.src = '/nowhere.svg'
    })""",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_is_noted(browser, site, fault):
    faults = []
    context = browser.new_context(base_url=f"http://127.0.0.1:{site.port}")
    note_faults(context, faults)
    page = context.new_page()
    page.goto("/items/")
    assert faults == []

    page.evaluate(PLANTED[fault])
    page.evaluate("() => new Promise(done => setTimeout(done))")  # behind what was planted
    context.close()

    assert any(fault in noted for noted in faults), faults
