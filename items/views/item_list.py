"""The list page."""

import re
from sys import getsizeof
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy

from items.access.permissions import may_see_people
from items.api import curl
from items.changes.history import read_deletion
from items.database.heavy_reads import heavy_read
from items.database.snapshot_cache import Result, cached
from items.http.problems import Problem
from items.models import Item
from items.search.keyset import CursorError
from items.search.list_page import read_list_page
from items.search.selection import SIZES, Selection, read_selection, read_text
from items.search.sorting import ORDERS, default_sort, read_id
from items.search.words import WORDS_MAX_LENGTH
from items.views.guard import page

SORT_LABELS = {
    "best": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "oldest": gettext_lazy("Oldest"),
    "name": gettext_lazy("Name"),
    "changed": gettext_lazy("Last changed"),
}


SORT_MAX = 50  # characters of a wrong order that are shown
# The orders by a column, and their direction; the others are by age or by the search.
DIRECTIONS = {"name": "ascending", "changed": "descending"}
ITEM_NUMBER = re.compile("#([0-9]+)")


@page("GET", permission="items.view_item")
def item_list(request: HttpRequest) -> HttpResponse:
    selection = read_selection(request.GET, strict=False)
    typed = read_text(request.GET).strip()
    asked_for = ITEM_NUMBER.fullmatch(typed)
    if asked_for and (pk := _known_item(asked_for[1])):
        return redirect("items:detail", pk)
    context = {
        "selection": selection,
        "typed": typed,
        "asked_for": asked_for and asked_for[1],
        "wrong_sort": _wrong_sort(request),
        "is_known": request.user.is_authenticated,
        "may_add": request.user.has_perm("items.add_item"),
        "may_import": any(map(request.user.has_perm, ("items.add_item", "items.change_item"))),
        "may_delete": request.user.has_perm("items.delete_item"),
        "sees_people": may_see_people(request),
        "site": curl.site(request),
        "language": get_language(),
    }
    key = tuple(context.values())
    if request.COOKIES:  # of a session, a message, a theme: only the list is the same for others
        found = cached(key, lambda: _render_list(context))
        page = _render_page(request, selection, found)
    else:
        page = cached(("page", *key), lambda: _render_whole(request, context))
    return redirect(selection.at().url) if page is None else HttpResponse(page)


def _known_item(digits: str) -> int | None:
    """Return the number of an item that is there, or was deleted."""
    pk = read_id(digits)
    is_known = pk and (Item.objects.filter(pk=pk).exists() or read_deletion(pk))
    return pk if is_known else None


def _numbered(selection: Selection) -> Item | None:
    """Return the item whose number is the search."""
    pk = read_id(selection.typed)
    return Item.objects.only("name").filter(pk=pk).first() if pk else None


def _wrong_sort(request: HttpRequest) -> str:
    """Return the order in the address if there is none of this name."""
    sort = request.GET.get("sort", "").replace("\0", "")
    return "" if sort in ORDERS else sort[:SORT_MAX]


def _render_whole(request: HttpRequest, context: dict[str, Any]) -> Result:
    found = _render_list(context)
    page = _render_page(request, context["selection"], found.value)
    return Result(page, found.size and len(page or ""))


def _render_page(request: HttpRequest, selection: Selection, found: str | None) -> bytes | None:
    """Return the page around a list, or None if there is no list."""
    if found is None:
        return None
    context = {"selection": selection, "found": found}
    return render_to_string("items/item_list.html", context, request).encode()


def _render_list(context: dict[str, Any]) -> Result:
    """Return the list as HTML, or None if a previous page does not exist."""
    selection: Selection = context["selection"]
    try:
        with heavy_read(bool(selection.words) or selection.is_counted):
            list_page = read_list_page(selection, names_people=context["sees_people"])
    except CursorError:
        detail = gettext("This link is damaged or too old. Start at the top of the list.")
        raise Problem(400, detail)
    if selection.before and not list_page.before:
        return Result(None)
    html = render_to_string(
        "items/list/_list.html",
        context
        | {
            "page": list_page,
            "words": selection.search.text,
            "is_first": selection == selection.at(),
            "before_url": list_page.before and selection.at(before=list_page.before).url,
            "after_url": list_page.after and selection.at(after=list_page.after).url,
            "top_url": selection.at().url,
            "counted_url": selection.counted().url,
            "sorts": _sorts(selection),
            "columns": _columns(selection),
            "numbered": selection == selection.at() and _numbered(selection),
            "sizes": SIZES,
            "words_max_length": WORDS_MAX_LENGTH,
            "list_line": curl.list_line(context["site"], selection),
            "add_line": curl.add_line(context["site"]),
        },
    )
    return Result(html, None if list_page.is_too_many else getsizeof(html))


def _sorts(selection: Selection) -> list[tuple[str, str, str | Promise]]:
    """Return name, value and label of the orders of the list.

    The default has an empty value, because URLs leave it out: it depends on the words.
    """
    default = default_sort(selection.words)
    return [
        (name, "" if name == default else name, label)
        for name, label in SORT_LABELS.items()
        if selection.words or name != "best"
    ]


def _columns(selection: Selection) -> dict[str, tuple[str, str]]:
    """Return address and direction of each order by a column; empty if it is not this order."""
    return {
        sort: (selection.sorted_by(sort).url, direction if sort == selection.sort else "")
        for sort, direction in DIRECTIONS.items()
    }
