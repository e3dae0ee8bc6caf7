"""Every page in every state that differs to the eye, and how it is reached.

Each function goes there, from a list that `fill` filled.
"""

from itemsite.tests.browser.account_states import ACCOUNT_STATES
from itemsite.tests.browser.steps import at, press

ITEMS = [
    {"name": "Café table", "description": "Round, of oak.\nLent to Ann until May."},
    {"name": "Chair", "description": "One of six"},
    {"name": "Lamp"},
]
# New, repeated, a change, close to an item, unchanged, wrong; and a column that the list lacks
ROWS = """Name;Notes;Price
Vase;Blue;3
Vase;Blue;3
Chair;One of seven;4
CAFE TABLE;;5
Lamp;;
;without a name;7
"""
STATUSES = ("changed", "unchanged", "repeated", "close", "wrong")


def empty(database):
    """Delete all items, their history and all keys; the next of each is number 1."""
    tables = "items_item, items_change, items_changeset, items_apikey"
    database.execute(f"TRUNCATE {tables} RESTART IDENTITY")


def fill(site, database):
    """Make ITEMS all that the list holds, as numbers 1 to 3."""
    empty(database)
    site.request("POST", "/items/", ITEMS)


def empty_list(page, site):
    for number in range(1, len(ITEMS) + 1):
        site.request("DELETE", f"/items/{number}/")
    page.goto("/items/")


def found(page, site):
    page.goto("/items/?q=cafe+oak&sort=name")


def near_misses(page, site):
    page.goto("/items/?q=chiar")


def nothing_found(page, site):
    page.goto("/items/?q=zzzzzzzz")


def a_middle_page(page, site):
    site.request("POST", "/items/", [{"name": f"Item {number}"} for number in range(150)])
    page.goto("/items/")
    page.get_by_role("link", name="Next").first.click()
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


def changed(page, site):
    """Change an item twice, and delete another."""
    save_meanwhile(site)
    site.request("PATCH", "/items/1/", {"name": "Bistro table", "description": "Square\nof oak"})
    site.request("DELETE", "/items/2/")


def item_history(page, site):
    changed(page, site)
    page.goto("/items/1/")


def deleted_item(page, site):
    changed(page, site)
    page.goto("/items/2/")


def changes(page, site):
    changed(page, site)
    page.goto("/changes/")


def undo_with_some_kept(page, site):
    changes(page, site)
    page.get_by_role("link", name="Added 3 items").click()
    page.get_by_role("link", name="Undo", exact=True).click()
    page.wait_for_url("**/undo/")


def undone(page, site):
    undo_with_some_kept(page, site)
    press(page, "Undo for 1 item")


def undo_of_one(page, site):
    changed(page, site)
    page.goto("/items/1/")
    page.get_by_role("main").get_by_role("link").filter(has=page.locator("time")).first.click()
    page.get_by_role("link", name="Undo", exact=True).click()
    page.wait_for_url("**/undo/")


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


def preview(page, site):
    page.goto("/items/import/")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    page.get_by_label("File").set_input_files(file)
    press(page, "Preview")
    page.wait_for_url("**/items/import/*-*/")


def preview_of(status):
    def go(page, site):
        preview(page, site)
        page.goto(f"{page.url}?status={status}")

    return go


def read_differently(page, site):
    preview(page, site)
    page.get_by_text("Read it differently").click()


def nothing_to_import(page, site):
    page.goto("/items/import/")
    page.get_by_label("paste").fill("name\tdescription\nLamp\t")
    press(page, "Preview")
    page.wait_for_url("**/items/import/*-*/")


def an_unreadable_file(page, site):
    page.goto("/items/import/")
    file = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(9)}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("alert").wait_for()


def imported(page, site):
    preview(page, site)
    press(page, "Import 2 rows")


def imported_again(page, site):
    preview(page, site)
    other = page.context.new_page()
    other.goto(page.url)
    press(other, "Import 2 rows")
    press(page, "Import 2 rows")


def discarded(page, site):
    preview(page, site)
    press(page, "Discard")


def an_answer(page, site):
    page.goto("/docs/")
    page.get_by_role("button", name="Run: GET /items/", exact=True).first.click()
    page.get_by_text("200 OK").wait_for()


def a_question_before_a_change(page, site):
    page.goto("/docs/")
    page.get_by_role("button", name="Run: DELETE").click()


def save_meanwhile(site):
    """Change the first item, as somebody else does while its page is open."""
    site.request("PATCH", "/items/1/", {"description": "Square"})


STATES = {
    "the list": at("/items/"),
    "an empty list": empty_list,
    "found": found,
    "near misses": near_misses,
    "nothing found": nothing_found,
    "a middle page": a_middle_page,
    "an unreadable address": an_unreadable_address,
    "an item": at("/items/1/"),
    "an item that was changed": item_history,
    "a deleted item": deleted_item,
    "changes": changes,
    "an undo with some kept": undo_with_some_kept,
    "undone": undone,
    "an undo of one change": undo_of_one,
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
    "an import": at("/items/import/"),
    "an unreadable file": an_unreadable_file,
    "a preview": preview,
    **{f"a preview of {status} rows": preview_of(status) for status in STATUSES},
    "a file to be read differently": read_differently,
    "nothing to import": nothing_to_import,
    "imported": imported,
    "imported again": imported_again,
    "a discarded preview": discarded,
    "a preview that is gone": at("/items/import/00000000-0000-0000-0000-000000000000/"),
    "documentation": at("/docs/"),
    "an answer in the documentation": an_answer,
    "a question in the documentation": a_question_before_a_change,
    **ACCOUNT_STATES,
    "not allowed": not_allowed,
    "not found": at("/nowhere/"),
}
