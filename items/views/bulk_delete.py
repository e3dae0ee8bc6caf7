"""The page that confirms the deletion of many items, and deletes them."""

import re

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from items.changes import bulk_delete
from items.changes.bulk_delete import Choice, Fingerprint
from items.changes.recording import author_of, change_set_so_far, recorded
from items.database.heavy_reads import heavy_read
from items.database.sql import Busy, TooLong
from items.views.changes import with_undo
from items.views.guard import NOT_YOURS, page

UNTYPED_MAX = 100  # items; to delete more, their number is typed


def _items_confirmed(request: HttpRequest) -> int:
    """Return the number of items that a POST wants to delete."""
    return max(1, _confirmed(request).count)


@page("GET", "POST", permission="items.delete_item", items_written=_items_confirmed)
def item_delete_many(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("items.view_item"):  # search results reveal the texts
        raise PermissionDenied(NOT_YOURS["items.view_item"])
    choice = bulk_delete.read_choice(request.GET)  # for a POST too: the form has the page's URL
    try:
        with heavy_read(choice.is_all):
            if request.method == "POST" and choice:
                return _delete(request, choice)
            return _confirmation(request, choice)
    except TooLong:
        raise BadRequest(
            gettext("Deleting so many items at once takes too long. Delete fewer at a time.")
        )


def _delete(request: HttpRequest, choice: Choice) -> HttpResponse:
    confirmed = _confirmed(request)
    if confirmed == bulk_delete.NOTHING:
        return _confirmation(request, choice, gettext("This page was out of date."))
    if confirmed.count > UNTYPED_MAX and not _is_typed(request, confirmed.count):
        told = gettext("To delete so many items, type their number: %(number)s.")
        return _confirmation(request, choice, told % {"number": _number(confirmed.count)}, 422)
    try:
        with recorded(author_of(request, "page")):
            found = bulk_delete.delete(choice, confirmed)
            change_set = change_set_so_far()
    except Busy:
        notice = gettext(
            "Some of these items are being changed or deleted right now. Perhaps you clicked twice."
        )
        return _confirmation(request, choice, notice)
    if not found.count:
        messages.info(request, gettext("These items are already deleted."))
    elif found != confirmed:
        return _confirmation(request, choice, _difference(confirmed, found))
    else:
        messages.success(request, with_undo(request, _deleted(found.count), change_set))
    return redirect(choice.list_url)


def _is_typed(request: HttpRequest, count: int) -> bool:
    """Tell whether the user typed the number, with any separators of thousands."""
    return "".join(re.findall(r"[0-9]+", request.POST.get("number", ""))) == str(count)


def _confirmation(
    request: HttpRequest, choice: Choice, notice: str = "", status: int = 409
) -> HttpResponse:
    # The fingerprint comes first. Then an item added between the two is refused later, and never
    # deleted without its name being shown.
    found = bulk_delete.fingerprint(choice) if choice else bulk_delete.NOTHING
    names = bulk_delete.first_names(choice) if found.count else []
    context = {
        "choice": choice,
        "found": found,
        "names": names,
        "rest": found.count - len(names),
        "gone": len(choice.ids) - found.count,
        "notice": notice,
        "is_typed": found.count > UNTYPED_MAX,
    }
    status = 422 if not choice else 404 if not found.count else status if notice else 200
    return render(request, "items/item_delete_many.html", context, status=status)


def _confirmed(request: HttpRequest) -> Fingerprint:
    return bulk_delete.read_fingerprint(request.POST.get("confirmed", ""))


def _difference(confirmed: Fingerprint, found: Fingerprint) -> str:
    if confirmed.count == found.count:
        return gettext("Some of these items changed after you opened this page.")
    numbers = {"before": _number(confirmed.count), "now": _number(found.count)}
    return gettext("Before, %(before)s items were selected. Now there are %(now)s.") % numbers


def _deleted(count: int) -> str:
    sentence = ngettext("Deleted %(count)s item.", "Deleted %(count)s items.", count)
    return sentence % {"count": _number(count)}


def _number(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)
