"""The page of an upload: first what an import would do, afterwards what it did."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from items.models import ChangeSet, Upload
from items.search.sorting import read_id
from items.spreadsheets import uploads
from items.spreadsheets.problems import sentence
from items.spreadsheets.staging import LEAVE_OUT, Choices, read_rows
from items.views.changes import if_undoable
from items.views.guard import NOT_YOURS, page, sign_in_or_refuse
from items.views.imports.how_read import selects, told
from items.views.imports.questions import questions, read_choices
from items.views.imports.rows import shown
from items.views.imports.upload import none_written, number, rights_of, rows_max

ROWS = 50  # on a page

# In the order of the page
COUNTED = {
    "new": ngettext_lazy("%(number)s new", "%(number)s new", "count"),
    "changed": ngettext_lazy("%(number)s changes an item", "%(number)s change items", "count"),
    "unchanged": ngettext_lazy(
        "%(number)s is in the list already", "%(number)s are in the list already", "count"
    ),
    "outdated": ngettext_lazy("%(number)s is out of date", "%(number)s are out of date", "count"),
    "repeated": ngettext_lazy("%(number)s repeated", "%(number)s repeated", "count"),
    "close": ngettext_lazy("%(number)s similar", "%(number)s similar", "count"),
    "wrong": ngettext_lazy("%(number)s wrong", "%(number)s wrong", "count"),
}
GOOD = ("new", "changed", "unchanged")


class Count(NamedTuple):
    status: str
    text: str
    rows: int


def of_upload(*methods: str) -> Callable:
    """Give the view the upload of an address, if it is this user's; otherwise say it is gone.

    An address that only takes forms leads to the upload's page, for example after a sign-in.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable:
        @page(*{"GET", *methods}, permission="items.view_item", items_written=none_written)
        @wraps(view)
        def found(request: HttpRequest, pk: UUID) -> HttpResponseBase:
            if request.method == "POST" and not any(rights_of(request)):
                return sign_in_or_refuse(request, NOT_YOURS["items.add_item"])
            if request.method != "POST" and "GET" not in methods:
                return redirect("items:import_preview", pk=pk)
            upload = uploads.find(pk, request.user)
            return view(request, upload) if upload else gone(request)

        return found

    return decorate


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "items/imports/gone.html", status=404)


def show(
    request: HttpRequest, upload: Upload, error: str | Promise = "", status: int = 200
) -> HttpResponse:
    is_done = upload.state == "imported"
    counts = _counts(upload, is_done)
    shown_status = _shown_status(request, counts)
    after = read_id(request.GET.get("after", "")) or 0
    rows = read_rows(upload.pk, shown_status, after=after, limit=ROWS + 1)
    context = {
        "upload": upload,
        "error": error,
        "is_unread": status == 422,
        "counts": counts,
        "status": shown_status,
        "rows": [shown(row) for row in rows[:ROWS]],
        "after": rows[ROWS - 1].line if len(rows) > ROWS else 0,
        "is_continued": after > 0,
        "shown": next((count.text for count in counts if count.status == shown_status), ""),
    }
    if is_done:
        context |= _of_result(request, upload, counts)
        return render(request, "items/imports/result.html", context, status=status)
    context |= _of_preview(request, upload)
    return render(request, "items/imports/preview.html", context, status=status)


def _of_result(request: HttpRequest, upload: Upload, counts: list[Count]) -> dict[str, Any]:
    change_set = (upload.result or {}).get("change_set")
    return {
        "is_again": "again" in request.GET,
        "left_out": sum(count.rows for count in counts),
        "change_set": if_undoable(request, change_set),
        "undone_by": _undone_by(change_set),
    }


def _undone_by(change_set: int | None) -> int | None:
    if change_set is None:
        return None
    undos = ChangeSet.objects.filter(undoes_id=change_set).order_by("-pk")
    return undos.values_list("pk", flat=True).first()


def _of_preview(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    ready = sum(upload.counts.get(name, 0) for name in ("new", "changed"))
    most, found, rights = rows_max(request), selects(upload), rights_of(request)
    visitors_max = most if most and ready > most else 0
    may_import = any(rights) and not visitors_max
    choices = read_choices(request.POST or request.GET)
    asked = questions(upload, rights, choices) if may_import else []
    asks_total = any(question.name == "total" for question in asked)
    says = upload.about.get("says", [])
    return {
        "total": sum(upload.counts.values()),
        "left_out": sum(n for status, n in upload.counts.items() if status not in GOOD),
        "says": [
            sentence(each) for each in says if not (asks_total and each["code"] == "sum_line")
        ],
        "selects": found,
        "told": told(found),
        "ready": ready,
        "chosen": ready + sum(question.rows for question in asked),
        "choices": _query(choices),
        "questions": asked,
        "may_import": may_import,
        "visitors_max": visitors_max if any(rights) else 0,
    }


def _query(choices: Choices) -> str:
    """Return what differs from the default, for the links to other rows."""
    default = LEAVE_OUT._asdict()
    return urlencode({n: value for n, value in choices._asdict().items() if value != default[n]})


def _counts(upload: Upload, is_done: bool) -> list[Count]:
    """Return how many rows have a status; after the import, of those that were left out."""
    return [
        Count(status, text % {"number": number(count), "count": count}, count)
        for status, text in COUNTED.items()
        if (count := upload.counts.get(status, 0)) and not (is_done and status in GOOD)
    ]


def _shown_status(request: HttpRequest, counts: list[Count]) -> str:
    statuses = [count.status for count in counts]
    wanted = request.GET.get("status", "")
    return wanted if wanted in statuses else next(iter(statuses), "new")
