"""The pages that create, change and delete an item."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from items.access.idempotency import Claim
from items.access.permissions import may_see_people
from items.changes.history import read_deletion, read_item_history
from items.changes.recording import author_of, change_set_so_far, recorded, records
from items.forms import ItemForm
from items.models import Item
from items.models.item import WRITABLE
from items.search.neighbours import read_cursor_of
from items.search.selection import PAGE_PARAMETERS
from items.views.bidi import isolate
from items.views.changes import if_undoable, with_undo
from items.views.guard import page
from items.views.item_detail import shows_deleted
from items.views.place import Place, read_place

DRAFT_ID_MAX = 100  # characters; it goes through a cookie

GONE = gettext_lazy(
    "This item was deleted while you were editing it. Save your text to create a new item."
)


def _form_page(
    request: HttpRequest,
    form: ItemForm,
    status: int | None = None,
    *,
    version: int | str = "",
    notice: str | Promise = "",
    asks_sign_in: bool = False,
    is_conflict: bool = False,
    saved_by: str = "",
    similar: Sequence[Item] = (),
    place: Place | None = None,
) -> HttpResponse:
    place = place or read_place(request)
    context = {
        "form": form,
        "place": place,
        "selection": place.selection,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "version": version,
        "notice": notice,
        "asks_sign_in": asks_sign_in,
        "is_conflict": is_conflict,
        "saved_by": saved_by,
        "is_own": saved_by and saved_by == request.user.get_username(),
        "similar": similar,
        "adds_another": "another" in (request.POST or request.GET),
    }
    status = status or (422 if form.is_bound else 200)
    return render(request, "items/item_form.html", context, status=status)


def _next_form(request: HttpRequest) -> str:
    return f"/items/new/?{urlencode({**read_place(request).selection.query, 'another': ''})}"


def show_again(
    request: HttpRequest, notice: str | Promise, status: int, pk: int | None = None
) -> HttpResponse:
    """Show a refused form with its text unchanged and not validated.

    The sender may have no permission to see the item, so nothing of the item is read either.
    """
    item = Item(pk=pk, name=request.POST.get("name", ""))
    return _form_page(
        request,
        ItemForm(initial=request.POST.dict(), instance=item),
        status,
        version=request.POST.get("version", ""),
        notice=notice,
        asks_sign_in=status not in (404, 503) and not request.user.is_authenticated,
    )


@page("GET", "POST", permission="items.add_item", show_again=show_again)
def item_new(request: HttpRequest) -> HttpResponse:
    given = {field for field in WRITABLE if field not in PAGE_PARAMETERS}
    prefilled = {field: request.GET.get(field, "") for field in given}
    form = ItemForm(request.POST if request.method == "POST" else None, initial=prefilled)
    form.fields["name"].widget.attrs["autofocus"] = not form.is_bound
    if not form.is_valid():
        return _form_page(request, form, similar=_similar(request, form.instance))
    item, change_set = _save_once(request, form)
    adds_another = "another" in request.POST
    context = {
        "item": item,
        "adds_another": adds_another,
        "similar": _similar(request, item),
        "change_set": if_undoable(request, change_set),
        "selection": read_place(request).selection,
    }
    told = render_to_string("items/form/_added.html", context)
    messages.success(request, told, extra_tags=_draft(request, "key"))
    return redirect(_next_form(request) if adds_another else read_place(request).address_of(item))


def _draft(request: HttpRequest, field: str) -> str:
    """Return the id of the draft that is saved now, for static/draft.js."""
    return f"{request.path} {request.POST.get(field, '')[:DRAFT_ID_MAX]}"


def _save_once(request: HttpRequest, form: ItemForm) -> tuple[Item, int | None]:
    """Save the new item and return it with its change set.

    Or return the item that the same form created before (a double click), without a change set.

    A different text with the same key creates another item: users go back, edit and save again. So
    does the same text if that item was deleted or changed in the meantime.
    """
    key = request.POST.get("key")
    if not key:  # not from our page
        with recorded(author_of(request, "page")):
            return form.save(), change_set_so_far()
    typed = json.dumps([key, form.cleaned_data]).encode()
    claim = Claim(f"form {request.user.pk or ''}", hashlib.sha256(typed).hexdigest(), typed)
    with recorded(author_of(request, "page")):
        claim.wait()
        answer = claim.stored_answer()
        if answer is not None:
            item = Item.objects.filter(pk=int(answer.content), **form.cleaned_data).first()
            if item:
                return item, None
            claim.discard()
        item = form.save()
        claim.store(HttpResponse(item.pk))
        return item, change_set_so_far()


def _similar(request: HttpRequest, item: Item) -> list[Item]:
    """Return other items with a similar name, if the user can see items."""
    if not item.name or not request.user.has_perm("items.view_item"):
        return []
    return Item.objects.exclude(pk=item.pk).similar_to(item.name)


@page("GET", permission="items.view_item")
def item_similar(request: HttpRequest) -> HttpResponse:
    """Show items similar to a name, while the user types it into the form."""
    name = request.GET.get("name", "").replace("\0", "")
    context = {"similar": Item.objects.similar_to(name) if name else []}
    return render(request, "items/form/_already_there.html", context)


@page("GET", "POST", permission="items.change_item", show_again=show_again)
@shows_deleted
@records("page")
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        item = _locked_item(request, pk)
    except Http404:
        if request.method != "POST":
            raise
        return show_again(request, GONE, 410 if read_deletion(pk) else 404)
    form = ItemForm(request.POST if request.method == "POST" else None, instance=item)
    # A form that changes nothing, for example after a double click, overwrites nothing.
    if form.is_bound and _is_stale(request, item) and form.has_changed():
        return _form_page(
            request,
            form,
            status=409,
            version=item.version,
            is_conflict=True,
            saved_by=_saved_by(request, item),
        )
    if not form.is_valid():
        return _form_page(request, form, version=item.version, place=_place_before(request, item))
    form.save()
    told = gettext("Saved “%(name)s”.") % {"name": isolate(item.name)}
    told = with_undo(request, told, change_set_so_far())
    messages.success(request, told, extra_tags=_draft(request, "version"))
    return redirect(read_place(request).address_of(item))


def _place_before(request: HttpRequest, item: Item) -> Place:
    """Return the place with the cursor of an item that is not changed yet."""
    place = read_place(request)
    if place.cursor or not place.can_change or request.method == "POST":
        return place
    return replace(place, cursor=read_cursor_of(place.selection, item.pk))


@page("GET", "POST", permission="items.delete_item")
@shows_deleted
@records("page")
def item_delete(request: HttpRequest, pk: int) -> HttpResponse:
    item = _locked_item(request, pk)
    is_stale = request.method == "POST" and _is_stale(request, item)
    if request.method != "POST" or is_stale:
        context = {"item": item, "is_stale": is_stale, "selection": read_place(request).selection}
        return render(request, "items/item_delete.html", context, status=409 if is_stale else 200)
    item.delete()
    told = gettext("Deleted “%(name)s”.") % {"name": isolate(item.name)}
    messages.success(request, with_undo(request, told, change_set_so_far()))
    return redirect(read_place(request).selection.url)


def _locked_item(request: HttpRequest, pk: int) -> Item:
    """Return the item, locked until the end of the transaction if this request writes it."""
    items = Item.objects.select_for_update() if request.method == "POST" else Item.objects
    return items.get_or_404(pk)


def _saved_by(request: HttpRequest, item: Item) -> str:
    """Return who changed an item last, if the reader may know and it was somebody with a name."""
    if not may_see_people(request):
        return ""
    changes = read_item_history(item.pk, limit=1).changes
    return changes[0].who if changes else ""


def _is_stale(request: HttpRequest, item: Item) -> bool:
    """Tell whether the item changed since the form was shown; a form without version is stale."""
    return request.POST.get("version") != str(item.version)
