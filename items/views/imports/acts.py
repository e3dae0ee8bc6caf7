"""What can be done with an upload: import it, read it differently, discard it, get its rest."""

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import PurePath

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy

from items.access import rate_limit
from items.changes.recording import Author, author_of
from items.database.own_connection import own_connection
from items.database.sql import Busy, TooLong
from items.http.negotiation import CSV, JSON, NDJSON, XLSX
from items.http.problems import Problem
from items.models import Upload
from items.spreadsheets import uploads
from items.spreadsheets.reading import Refused
from items.spreadsheets.staging import (
    Choices,
    PreviewOutdated,
    Rights,
    UploadGone,
    UploadImported,
    run_import,
)
from items.views.bidi import isolate
from items.views.imports.how_read import chosen_options
from items.views.imports.progress import SeeOther, Tell, run
from items.views.imports.questions import read_choices
from items.views.imports.upload import heading_of_reading, number, read_and_stage, rights_of
from items.views.imports.upload_page import gone, of_upload, show

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
READ_SINCE = gettext_lazy(
    "This file was read differently in the meantime. Nothing was imported. This is what would"
    " happen now."
)
TYPES = {".xlsx": XLSX, ".json": JSON, ".ndjson": NDJSON}


@of_upload("GET", "POST")
def import_preview(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    if upload.state == "sent":  # whoever sent it left before it was read
        return render(request, "items/imports/unread.html", {"upload": upload})
    return _import(request, upload) if request.method == "POST" else show(request, upload)


def _import(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    staging = upload.about.get("staging", "")
    if upload.state == "staged" and request.POST.get("staging", staging) != staging:
        return show(request, upload, READ_SINCE, 409)
    choices = read_choices(request.POST)
    name = upload.file_name or gettext("pasted cells")
    work = partial(
        _do_import, request, upload, author_of(request, "import", name), choices, rights_of(request)
    )
    heading = gettext("Importing the pasted cells")
    if upload.file_name:
        heading = gettext("Importing %(name)s") % {"name": isolate(name)}
    try:
        return run(request, work, heading=heading, back_url=_address(upload))
    except Problem as problem:
        if problem.status == 404:
            return gone(request)
        response = show(request, upload, problem.detail, problem.status)
        for header, value in problem.headers.items():
            response[header] = value
        return response


def _do_import(
    request: HttpRequest,
    upload: Upload,
    author: Author,
    choices: Choices,
    rights: Rights,
    tell: Tell,
) -> str:
    def before_writing(rows: int) -> None:
        tell(gettext("Writing %(number)s rows") % {"number": number(rows)})
        if not author.user_id:
            rate_limit.check_visitors_write(request, rows)

    def waiting() -> None:
        tell(gettext("Waiting for another import to end"))

    try:
        with own_connection():
            done = run_import(
                upload, author, rights, choices, waiting=waiting, before_writing=before_writing
            )
    except UploadGone as error:
        raise Problem(404, "") from error
    except PreviewOutdated as error:
        raise Problem(409, READ_SINCE) from error
    except (Busy, TooLong) as error:
        detail = gettext("Others are changing the same items. Nothing was imported. Try again.")
        raise Problem(409, detail) from error
    return _address(upload) + ("?again=1" if done.is_repeated else "")


def _address(upload: Upload) -> str:
    return reverse("items:import_preview", args=[upload.pk])


@of_upload("POST")
def import_read(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    """Read the kept file again, as a person chose it."""
    if upload.state == "imported":
        return SeeOther(_address(upload))
    before = dict(upload.options)
    upload.options = chosen_options(upload, request.POST)
    work = partial(_read_again, upload, rights_of(request))
    heading = heading_of_reading(upload.file_name)
    try:
        return run(request, work, heading=heading, back_url=_address(upload))
    except Problem as problem:
        upload.options = before
        return show(request, upload, problem.detail, problem.status)


def _read_again(upload: Upload, rights: Rights, tell: Tell) -> str:
    with own_connection(), uploads.file_of(upload) as path:
        with suppress(UploadGone, UploadImported):  # the upload's page says so
            read_and_stage(upload, path, rights, tell)
    return _address(upload)


@of_upload("POST")
def import_discard(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    if not uploads.discard(upload):
        return SeeOther(_address(upload) + "?again=1")
    messages.info(request, gettext("The preview was discarded. Nothing was imported."))
    return SeeOther(reverse("items:import"))


@of_upload("GET")
def import_left_out(request: HttpRequest, upload: Upload) -> HttpResponseBase:
    """Send the rows that are not imported, in the sender's own shape."""
    if upload.state == "sent":
        return SeeOther(_address(upload))
    blocks = uploads.left_out(upload)
    try:
        first = next(blocks, b"")  # from here on, the database is not needed
    except Refused:  # it was read before: it was discarded just now
        return gone(request)
    name = _name_of_left_out(upload)
    response = StreamingHttpResponse(_from(first, blocks))
    response["Content-Type"] = TYPES.get(PurePath(name).suffix, CSV)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response


def _from(first: bytes, blocks: Generator[bytes]) -> Iterator[bytes]:
    with closing(blocks):
        yield first
        yield from blocks


def _name_of_left_out(upload: Upload) -> str:
    sent = PurePath(upload.file_name or "items")
    kind = upload.about["read"]["kind"]
    suffix = {"workbook": ".xlsx", "json": ".json", "ndjson": ".ndjson"}.get(kind)
    of_text = sent.suffix if sent.suffix.lower() in TEXT_SUFFIXES else ".csv"
    return f"{sent.stem}-left-out{suffix or of_text}"
