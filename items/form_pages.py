"""The pages that change items: a form for a new one, one for changes, and the end of one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from items.forms import ItemForm
from items.models import Item
from items.views import page


@page("GET", "POST", permission="items.add_item")
def item_new(request: HttpRequest) -> HttpResponse:
    form = ItemForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form_page(request, form)
    item = form.save()
    messages.success(request, f"Added {item.name}.")
    return redirect(item)


@page("GET", "POST", permission="items.change_item")
@transaction.atomic
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    item = _locked_item(request, pk)
    form = ItemForm(request.POST if request.method == "POST" else None, instance=item)
    if not form.is_valid():
        return _form_page(request, form)
    form.save()
    messages.success(request, f"Saved {item.name}.")
    return redirect(item)


@page("GET", "POST", permission="items.delete_item")
@transaction.atomic
def item_delete(request: HttpRequest, pk: int) -> HttpResponse:
    item = _locked_item(request, pk)
    if request.method != "POST":
        return render(request, "items/item_delete.html", {"item": item})
    item.delete()
    messages.success(request, f"Deleted {item.name}.")
    return redirect("items:list")


def _locked_item(request: HttpRequest, pk: int) -> Item:
    """Return the item, locked until the end of the transaction if this request will write it."""
    items = Item.objects.select_for_update() if request.method == "POST" else Item.objects
    return items.get_or_404(pk)


def _form_page(request: HttpRequest, form: ItemForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "items/item_form.html", {"form": form}, status=status)
