"""The form of /items/import/, and what it sends: a file, or pasted cells."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from items.access import rate_limit
from items.database.own_connection import own_connection
from items.database.sql import Busy, TooLong
from items.http.origins import refuse_foreign_origin
from items.http.problems import Problem
from items.http.received_file import FILE_MAX, TOO_LARGE, receive_form
from items.models import Upload
from items.spreadsheets import uploads
from items.spreadsheets.reading import Refused
from items.spreadsheets.staging import Rights, UploadGone
from items.views.bidi import isolate
from items.views.guard import page, sign_in_or_refuse
from items.views.imports.progress import Tell, run

NOT_YOURS = gettext_lazy(
    "Your account does not have permission to import items. Ask an administrator to put you into"
    " the group Editors."
)
ROWS_TOLD = 20_000  # between two lines of progress


class Sent(NamedTuple):
    name: str  # empty: pasted
    path: Path | None
    cells: str


def none_written(request: HttpRequest, **kwargs: object) -> int:
    return 0


# The token is in the body, which is read after Origin and rights were judged: see _upload().
@csrf_exempt
@page("GET", "POST", permission="items.view_item", items_written=none_written)
def item_import(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        refuse_foreign_origin(request)
    if not any(rights_of(request)):
        return sign_in_or_refuse(request, NOT_YOURS)
    if request.method != "POST":
        return form_page(request)
    receive_form(request)
    return _upload(request)


item_import.sign_in_to = "import"


def _show_again(request: HttpRequest, notice: str | Promise, status: int) -> HttpResponse:
    """Show the form again with the pasted cells, for errors.py; the body must have been read."""
    if not hasattr(request, "_post"):
        raise Problem(status, notice)
    return form_page(request, notice, status)


item_import.show_again = _show_again  # not for guard.py, which refuses before the body is read


def rights_of(request: HttpRequest) -> Rights:
    may = request.user.has_perm
    return Rights(may("items.add_item"), may("items.change_item"))


def form_page(
    request: HttpRequest, error: str | Promise = "", status: int | None = None
) -> HttpResponse:
    context = {
        "error": error,
        "cells": request.POST.get("cells", ""),
        "megabytes": FILE_MAX // 1_000_000,
        "bytes_max": str(FILE_MAX),
        "too_large": TOO_LARGE,
        "visitors_max": rows_max(request),
    }
    status = status or (422 if error else 200)
    return render(request, "items/imports/import_form.html", context, status=status)


def rows_max(request: HttpRequest) -> int:
    """Return how many rows this user can import; 0 means any number."""
    return 0 if request.user.is_authenticated else settings.VISITOR_WRITES_PER_MINUTE


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponseBase:
    try:
        if not request.user.is_authenticated:
            rate_limit.check_visitors_upload(request)
        sent = _read_sent(request)
        work = partial(_keep_and_stage, sent, request.user, rights_of(request))
        heading = heading_of_reading(sent.name)
        back_url = reverse("items:import")
        return run(request, work, heading=heading, back_url=back_url, cells=sent.cells)
    except Problem as problem:
        response = form_page(request, problem.detail, problem.status)
        for name, value in problem.headers.items():
            response[name] = value
        return response


def heading_of_reading(file_name: str) -> str:
    if not file_name:
        return gettext("Reading the pasted cells")
    return gettext("Reading %(name)s") % {"name": isolate(file_name)}


def _read_sent(request: HttpRequest) -> Sent:
    """Return what was sent; raise Problem 422 if that is nothing, or more than one thing."""
    file, cells = request.FILES.get("file"), request.POST.get("cells", "")
    if len(request.FILES.getlist("file")) > 1:
        raise Problem(422, gettext("You sent several files. Send one after the other."))
    if file and cells.strip():
        detail = gettext("You sent a file and pasted cells. Empty one of the two fields.")
        raise Problem(422, detail)
    if isinstance(file, TemporaryUploadedFile):
        return Sent(file.name or "", Path(file.temporary_file_path()), "")
    if cells.strip():
        return Sent("", None, cells)
    raise Problem(422, gettext("Choose a file, or paste cells."))


def _keep_and_stage(
    sent: Sent, user: AbstractBaseUser | AnonymousUser, rights: Rights, tell: Tell
) -> str:
    with own_connection(), _file_of(sent) as path:
        door = "upload" if sent.path else "paste"
        upload = uploads.keep(path, sent.name, user, door=door)
        try:
            read_and_stage(upload, path, rights, tell)
        except Problem:
            uploads.discard(upload)
            raise
        except UploadGone as error:
            detail = gettext(
                "You sent many files at once, and this one was deleted. Send it again."
            )
            raise Problem(409, detail) from error
    return reverse("items:import_preview", args=[upload.pk])


@contextmanager
def _file_of(sent: Sent) -> Iterator[Path]:
    if sent.path:
        yield sent.path
        return
    with NamedTemporaryFile(prefix="itemsite-file-") as file:
        file.write(sent.cells.encode())
        file.flush()
        yield Path(file.name)


def read_and_stage(upload: Upload, path: Path, rights: Rights, tell: Tell) -> None:
    """Read a file and stage its rows; raise Problem if it cannot be read."""
    try:
        uploads.read_and_stage(upload, path, rights, watch=partial(_count_rows, tell))
    except Refused as refused:
        raise Problem(422, str(refused)) from refused
    except Busy as error:
        detail = gettext("This file is read or imported already. Wait until that is finished.")
        raise Problem(409, detail) from error
    except TooLong as error:
        detail = gettext("Reading this file takes too long. Split it, and send the parts.")
        raise Problem(422, detail) from error


def _count_rows(tell: Tell, blocks: Iterable[bytes]) -> Iterator[bytes]:
    rows = told = 0
    for block in blocks:
        yield block
        rows += block.count(b"\n")
        if rows - told >= ROWS_TOLD:
            told = rows
            tell(_rows_read(rows))
    tell(_rows_read(rows))


def _rows_read(rows: int) -> str:
    told = ngettext("%(number)s row read", "%(number)s rows read", rows)
    return told % {"number": number(rows)}


def number(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)
