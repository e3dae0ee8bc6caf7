"""The page of one item with its history, also after its deletion."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from items.access.permissions import may_see_people
from items.changes.history import Deletion, read_deletion, read_item_history
from items.changes.recording import author_of
from items.changes.restore import NoVersion, restore_version
from items.models import Item
from items.search.neighbours import read_cursor_of, read_neighbours
from items.search.sorting import read_id
from items.views.changes import with_undo
from items.views.guard import page
from items.views.place import read_place

CHANGES_SHOWN = 20


def shows_deleted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show who deleted an item, and how to restore it, instead of 404."""

    @wraps(view)
    def shown(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except Http404:
            deletion = read_deletion(pk)
            if not deletion:
                raise
            return _deleted_page(request, deletion)

    return shown


def _deleted_page(request: HttpRequest, deletion: Deletion) -> HttpResponse:
    context = {
        "deletion": deletion,
        "selection": read_place(request).selection,
        "name": deletion.texts["name"],
        "sees_people": may_see_people(request),
    }
    return render(request, "items/item_deleted.html", context, status=410)


@page("GET", permission="items.view_item")
@shows_deleted
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    item = Item.objects.get_or_404(pk)
    place = read_place(request)
    cursor = place.cursor or read_cursor_of(place.selection, pk)
    after = read_id(request.GET.get("history", ""))
    context = {
        "item": item,
        "place": place,
        "selection": place.selection,
        "neighbours": read_neighbours(place.selection, cursor),
        "history": read_item_history(pk, after=after, limit=CHANGES_SHOWN),
        "is_continued": bool(after),
        "sees_people": may_see_people(request),
    }
    return render(request, "items/item_detail.html", context)


@page("GET", "POST", permission="items.change_item")
@shows_deleted
@transaction.atomic
def item_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an item the texts of an older version; GET, after a sign-in, leads to its history."""
    address = reverse("items:detail", args=[pk]) + read_place(request).query_string
    if request.method != "POST":
        return redirect(f"{address}#history")
    # Locked, so that it is not added again, without the permission, if somebody deletes it now.
    Item.objects.select_for_update().get_or_404(pk)
    version = read_id(request.POST.get("version", ""))
    try:
        change_set = restore_version(pk, version or 0, author_of(request, "page"))
    except NoVersion:
        raise Http404(gettext("This version is no longer in the history."))
    if change_set is None:
        messages.info(request, gettext("Nothing changed: the item already has these texts."))
    else:
        told = gettext("The item has the texts of the older version again.")
        messages.success(request, with_undo(request, told, change_set))
    return redirect(address)
