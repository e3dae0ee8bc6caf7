"""Every page in every state that differs to the eye, and how it is reached.

Each function goes there, from a list that `fill` filled.
"""

ITEMS = [
    {"name": "Café table", "description": "Round, of oak.\nLent to Ann until May."},
    {"name": "Chair", "description": "One of six"},
    {"name": "Lamp"},
]


def empty(database):
    """Delete all items and keys; the next of each is number 1."""
    database.execute("TRUNCATE items_item, items_apikey RESTART IDENTITY")


def fill(site, database):
    """Make ITEMS all that the list holds, as numbers 1 to 3."""
    empty(database)
    site.request("POST", "/items/", ITEMS)


def empty_list(page, site):
    for number in range(1, len(ITEMS) + 1):
        site.request("DELETE", f"/items/{number}/")
    page.goto("/items/")


def found(page, site):
    page.goto("/items/?q=cafe+oak")


def near_misses(page, site):
    page.goto("/items/?q=chiar")


def nothing_found(page, site):
    page.goto("/items/?q=zzzzzzzz")


def a_middle_page(page, site):
    site.request("POST", "/items/", [{"name": f"Item {number}"} for number in range(150)])
    page.goto("/items/")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/items/?after=*")


def an_unreadable_address(page, site):
    page.goto("/items/?after=nonsense")


def form_with_errors(page, site):
    page.goto("/items/new/")
    press(page, "Save")


def form_with_an_old_token(page, site):
    page.goto("/items/new/")
    page.context.clear_cookies()
    press(page, "Save")


def added_like_another(page, site):
    page.goto("/items/new/")
    page.get_by_label("Name").fill("Chair")
    press(page, "Save")


def conflict(page, site):
    page.goto("/items/1/edit/")
    save_meanwhile(site)
    page.get_by_label("Description").fill("Oval")
    press(page, "Save")


def delete_conflict(page, site):
    page.goto("/items/1/delete/")
    save_meanwhile(site)
    press(page, "Delete")


def shortcuts(page, site):
    page.goto("/items/")
    page.keyboard.press("?")


def ticked(page, site):
    page.goto("/items/?q=chair")
    page.get_by_role("checkbox", name="Chair").check()


def bulk_delete_conflict(page, site):
    page.goto("/items/delete/?all=1")
    save_meanwhile(site)
    press(page, "Delete 3 items")


def not_allowed(page, site):
    page.goto("/items/1/delete/")
    page.context.clear_cookies()
    press(page, "Delete")


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


def sign_in(page, site):
    page.goto("/accounts/keys/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(site.password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/accounts/keys/")


def save_meanwhile(site):
    """Change the first item, as somebody else does while its page is open."""
    site.request("PATCH", "/items/1/", {"description": "Square"})


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def at(address):
    return lambda page, site: page.goto(address)


STATES = {
    "the list": at("/items/"),
    "an empty list": empty_list,
    "found": found,
    "near misses": near_misses,
    "nothing found": nothing_found,
    "a middle page": a_middle_page,
    "an unreadable address": an_unreadable_address,
    "an item": at("/items/1/"),
    "a new item": at("/items/new/"),
    "a form with errors": form_with_errors,
    "a form with an old token": form_with_an_old_token,
    "added like another": added_like_another,
    "a changed item": at("/items/1/edit/"),
    "a conflict": conflict,
    "a deletion": at("/items/1/delete/"),
    "a deletion of what changed": delete_conflict,
    "keyboard shortcuts": shortcuts,
    "a ticked row": ticked,
    "nothing ticked": at("/items/delete/"),
    "a deletion of all that match": at("/items/delete/?all=1"),
    "a deletion of many that changed": bulk_delete_conflict,
    "documentation": at("/docs/"),
    "signing in": at("/accounts/login/"),
    "a failed sign-in": failed_sign_in,
    "no keys": no_keys,
    "a new key": keys,
    "not allowed": not_allowed,
    "not found": at("/nowhere/"),
}
