"""The states of the pages of accounts, as in states.py."""

import secrets

from itemsite.tests.browser.steps import at, press, sign_in


def failed_sign_in(page, site):
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("somebody")
    page.get_by_label("Password").fill("wrong")
    press(page, "Sign in")


def keys(page, site):
    sign_in(page, site)
    page.get_by_label("Name").fill("nightly")
    press(page, "Create key")


def no_keys(page, site):
    sign_in(page, site)


def old_keys(page, site):
    """Have a key in use, and show one that was revoked."""
    keys(page, site)
    for name in ("old", "new"):
        page.goto("/accounts/keys/")
        page.get_by_label("Name").fill(name)
        press(page, "Create key")
    revoked(page, site)
    press(page, "Revoke")
    page.get_by_text("1 key that was revoked").click()


def revoked(page, site):
    """Be asked whether to revoke a key."""
    if page.url == "about:blank":
        keys(page, site)
    page.get_by_role("row").get_by_role("link", name="Revoke").first.click()
    page.wait_for_url("**/revoke/")


def signed_in_at(address):
    def go(page, site):
        sign_in(page, site)
        page.goto(address)

    return go


def invited(page, site):
    """Invite a person of a new name each time: accounts stay from state to state."""
    signed_in_at("/accounts/invite/")(page, site)
    page.get_by_label("Username").fill(f"ada-{secrets.token_hex(4)}")
    press(page, "Create the link")


def invitation_opened(page, site):
    invited(page, site)
    page.goto(page.locator("code.secret").inner_text())


def invitation_with_errors(page, site):
    invitation_opened(page, site)
    page.locator("[name=new_password1]").fill("short")
    page.locator("[name=new_password2]").fill("other")
    press(page, "Save and sign in")


def new_link(page, site):
    invited(page, site)
    page.goto("/accounts/invite/")
    page.get_by_role("link", name="New link").first.click()
    page.wait_for_url("**/accounts/invite/*/")


def wrong_old_password(page, site):
    signed_in_at("/accounts/password/")(page, site)
    press(page, "Change password")


ACCOUNT_STATES = {
    "signing in": at("/accounts/login/"),
    "a failed sign-in": failed_sign_in,
    "no keys": no_keys,
    "a new key": keys,
    "a key to revoke": revoked,
    "a revoked key": old_keys,
    "signing in for something": at("/accounts/login/?next=/accounts/"),
    "an account": signed_in_at("/accounts/"),
    "another password": signed_in_at("/accounts/password/"),
    "a wrong password": wrong_old_password,
    "an invitation": signed_in_at("/accounts/invite/"),
    "an invited person": invited,
    "an invitation that was opened": invitation_opened,
    "an invitation with errors": invitation_with_errors,
    "a new link": new_link,
    "a link that does not work": at("/accounts/link/MQ/x-y/"),
    "not found, signed in": signed_in_at("/nowhere/"),
}
