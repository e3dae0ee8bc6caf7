"""Steps that states and walks share."""


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def at(address):
    return lambda page, site: page.goto(address)


def sign_in(page, site):
    page.goto("/accounts/keys/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(site.password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/accounts/keys/")
