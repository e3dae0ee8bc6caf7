"""The pages of the history: what changed lately, one change set, and undo."""

import re
from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext

from items.access.permissions import may_see_people
from items.changes import chart
from items.changes.change_list import (
    ChangeSetRow,
    Filter,
    count_by_day,
    read_change_set,
    read_change_sets,
    read_people,
)
from items.changes.history import read_changes
from items.changes.recording import author_of
from items.changes.undo import NoChangeSet, Undone, permissions_for_undo, undo
from items.database.heavy_reads import heavy_read
from items.database.sql import Busy, TooLong
from items.models import Item
from items.models.change import WAY_LABELS
from items.search.selection import Selection, read_selection
from items.search.sorting import read_id
from items.views.guard import NOT_YOURS, page, sign_in_or_refuse

ROWS = 50  # on a page


@page("GET", permission="items.view_item")
def change_list(request: HttpRequest) -> HttpResponse:
    sees_people = may_see_people(request)
    wanted = _read_filter(request, sees_people)
    before, after = (read_id(request.GET.get(name, "")) for name in ("before", "after"))
    with heavy_read(True):
        found = read_change_sets(wanted, before=before, after=after, limit=ROWS)
        counts = count_by_day(wanted, timezone.localdate())
        people = read_people() if sees_people else []
    context = {
        "page": found,
        "wanted": wanted,
        "sees_people": sees_people,
        "people": people,
        "ways": WAY_LABELS.items(),
        "bars": chart.bars(counts),
        "total": sum(count for _day, count in counts),
        "chart_width": chart.WIDTH,
        "chart_height": chart.HEIGHT,
        "query": _query_without(request, "before", "after"),
        "query_of_day": _query_without(request, "before", "after", "day"),
    }
    return render(request, "items/changes/change_list.html", context)


def _read_filter(request: HttpRequest, sees_people: bool) -> Filter:
    """Parse the address; what is wrong in it is ignored."""
    user, way = request.GET.get("user", ""), request.GET.get("way", "")
    is_user = sees_people and re.fullmatch("[0-9]{1,9}", user)
    return Filter(
        user_id=int(user) if is_user else None,
        way=way if way in WAY_LABELS else "",
        day=_read_day(request.GET.get("day", "")),
    )


def _read_day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # February 30
        return None
    return day if day and 1900 < day.year < 9999 else None


def _query_without(request: HttpRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


@page("GET", permission="items.view_item")
def change_set(request: HttpRequest, pk: int) -> HttpResponse:
    row = read_change_set(pk)
    place = _read_place(request)
    changes, after = read_changes(pk, after=place, limit=ROWS)
    context = {
        "change_set": row,
        "changes": changes,
        "after": "{}-{}".format(*after) if after else "",
        "is_continued": any(place),
        "sees_people": may_see_people(request),
        "may_undo": request.user.has_perms(permissions_for_undo(pk)),
    }
    return render(request, "items/changes/change_set.html", context)


def _read_place(request: HttpRequest) -> tuple[int, int]:
    """Return item and version of a cursor such as 7-2; (0, 0) is the beginning."""
    item, _, version = request.GET.get("after", "").partition("-")
    return read_id(item) or 0, read_id(version) or 0


def _items_in(request: HttpRequest, pk: int) -> int:
    """Return the number of items that an undo writes, for the limit of visitors."""
    items = _chosen(request)
    if not request.user.has_perms(permissions_for_undo(pk, items)):
        return 0  # it is refused
    return 1 if items else read_change_set(pk).total


@page("GET", "POST", permission="items.view_item", items_written=_items_in)
def change_set_undo(request: HttpRequest, pk: int) -> HttpResponse:
    row, items = read_change_set(pk), _chosen(request)
    needed = permissions_for_undo(pk, items)
    if not needed:
        raise Http404(gettext("This change contains nothing that can be undone."))
    if not request.user.has_perms(needed):
        lacking = next(wish for wish in sorted(needed) if not request.user.has_perm(wish))
        return sign_in_or_refuse(request, NOT_YOURS[lacking])
    try:
        with heavy_read(row.total > ROWS):
            if request.method == "POST":
                return _undo(request, row, items)
            return _confirmation(request, row, _preview(request, pk, items))
    except NoChangeSet:
        raise Http404(gettext("There is no change set %(number)s.") % {"number": pk})
    except TooLong:
        told = gettext("This takes too long here. On the server, run: manage.py undo %(number)s")
        raise BadRequest(told % {"number": pk})


change_set_undo.sign_in_to = "undo"


def _chosen(request: HttpRequest) -> list[int] | None:
    """Return the item in the address, of which alone the change is undone; None means all.

    A wrong one is refused: if it were ignored, the items of others would be undone too.
    """
    texts = request.GET.getlist("item")
    if not texts:
        return None
    pk = read_id(texts[0]) if len(texts) == 1 else None
    if pk is None:
        raise BadRequest(gettext("This link contains a wrong item number. Nothing was undone."))
    return [pk]


def _undo(request: HttpRequest, row: ChangeSetRow, items: list[int] | None) -> HttpResponse:
    try:
        undone = undo(row.id, author_of(request, "page"), items=items)
    except Busy:
        told = gettext("Some of these items are being changed right now. Try again.")
        return _confirmation(request, row, _preview(request, row.id, items), told)
    told_of = {"undone": undone, "change_set": if_undoable(request, undone.change_set_id)}
    told = render_to_string("items/changes/_undone.html", told_of, request)
    (messages.success if undone.taken_back else messages.info)(request, told)
    item = items[0] if items else row.item_id if row.total == 1 else None
    if found := Item.objects.filter(pk=item).first():
        return redirect(found.get_absolute_url() + _list_of(request).query_string)
    return redirect("changes:detail", undone.change_set_id or row.id)


def _list_of(request: HttpRequest) -> Selection:
    """Return the list that the user came from."""
    return read_selection(request.GET, strict=False)


def _preview(request: HttpRequest, pk: int, items: list[int] | None) -> Undone:
    return undo(pk, author_of(request, "page"), items=items, dry_run=True)


def _confirmation(
    request: HttpRequest, row: ChangeSetRow, undone: Undone, notice: str = ""
) -> HttpResponse:
    # One change is shown with its texts; many are counted.
    changes = read_changes(row.id, limit=1)[0] if row.total == 1 and undone.taken_back else []
    context = {
        "change_set": row,
        "changes": changes,
        "undone": undone,
        "rest": undone.kept_count - len(undone.kept),
        "sees_people": may_see_people(request),
        "notice": notice,
    }
    return render(request, "items/changes/undo.html", context, status=409 if notice else 200)


def with_undo(request: HttpRequest, told: str, change_set: int | None) -> str:
    """Return a message with a link to undo what it tells, if the user may."""
    context = {
        "told": told,
        "change_set": if_undoable(request, change_set),
        "selection": _list_of(request),
    }
    return render_to_string("items/changes/_with_undo.html", context, request)


def if_undoable(request: HttpRequest, change_set: int | None) -> int | None:
    """Return the change set if the user has the permissions to undo it."""
    if change_set is None or not request.user.has_perms(permissions_for_undo(change_set)):
        return None
    return change_set
