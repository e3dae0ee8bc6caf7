import pytest

from itemsite.tests.browser.chromium import WITH_WINDOWS, find_chromium


@pytest.fixture(scope="module")
def keeping_browser(browser):
    """Return a browser with the back-forward cache, which Playwright switches off.

    Chromium without windows has none.
    """
    off = ["--disable-back-forward-cache"]
    chromium = browser.browser_type.launch(
        executable_path=find_chromium(WITH_WINDOWS), ignore_default_args=off
    )
    yield chromium
    chromium.close()


@pytest.fixture
def new_page(browser, keeping_browser, site):
    """Return a function that opens a page for a new visitor."""
    contexts = []

    def new_page(keeps, scripted):
        context = (keeping_browser if keeps else browser).new_context(
            base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=scripted
        )
        contexts.append(context)
        if not keeps:
            context.route("**/*", lambda route: route.continue_())  # no cache for HTTP either
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()
