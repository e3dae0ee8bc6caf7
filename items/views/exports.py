"""A list as a file, for people at addresses such as /items.csv, for scripts by Accept too."""

from functools import partial
from socket import socket

from django.db import connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from items.api.endpoint import endpoint
from items.database.sql import fetch
from items.http.methods import View
from items.http.negotiation import CSV, XLSX, page_or_json
from items.http.problems import Problem
from items.search.selection import Selection, read_selection
from items.spreadsheets.export import FORMATS, Format, read_whole
from items.spreadsheets.spool import ClientLeft, Spool
from items.spreadsheets.workbook import refuse_too_many, write_workbook
from items.views.guard import page

PARAMETERS = ("sort", "q", "q_base64")
CSV_PARAMETERS = (*PARAMETERS, "bom")
BYTE_ORDER_MARK = "\ufeff"  # by it, Excel knows that a CSV file is in UTF-8


def _for_people(kind: str) -> View:
    @page("GET", permission="items.view_item")
    def item_file(request: HttpRequest) -> HttpResponseBase:
        return _answer(request, kind, read_selection(request.GET, strict=False))

    return item_file


def _for_scripts(kind: str) -> View:
    parameters = CSV_PARAMETERS if kind == CSV else PARAMETERS

    def item_file(request: HttpRequest) -> HttpResponseBase:
        wanted = read_selection(request.GET, strict=True, parameters=parameters)
        if request.GET.get("bom", "0") not in ("0", "1"):
            raise Problem(400, "bom must be 1 or 0.")
        return _answer(request, kind, wanted)

    return endpoint(GET=item_file)


DOORS: dict[str | None, View] = {kind: _for_scripts(kind) for kind in FORMATS}


def file_of(kind: str) -> View:
    """Return the view of an address that has one kind of file, whatever Accept says."""
    door = DOORS[kind]
    return page_or_json(_for_people(kind), door, {**dict.fromkeys(FORMATS, door), None: door})


def _answer(request: HttpRequest, kind: str, wanted: Selection) -> HttpResponseBase:
    file_format = FORMATS[kind]
    name = f"items-{timezone.localdate()}.{file_format.extension}"
    response = StreamingHttpResponse(content_type=file_format.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # for nginx: the file waits here for a slow client
    if request.method != "HEAD":
        client = request.META.get("gunicorn.socket")
        if kind == XLSX:
            spool = _workbook(wanted, client)
            response["Content-Length"] = str(spool.size)
        else:
            is_marked = kind == CSV and request.GET.get("bom") == "1"
            spool = _lines(file_format, wanted, client, BYTE_ORDER_MARK * is_marked)
        response.streaming_content = spool
    return response


def _workbook(wanted: Selection, client: socket | None) -> Spool:
    """Return a complete workbook: before its end, there is nothing to send."""
    refuse_too_many(wanted)
    if not connection.in_atomic_block:
        connection.close()  # others need it while this request waits
    spool = Spool(partial(write_workbook, wanted=wanted), client)
    try:
        spool.wait()
    except ClientLeft:
        spool.close()
        raise Problem(408, gettext_lazy("Nobody waits for this file any more."))
    except BaseException:
        spool.close()
        raise
    return spool


def _lines(file_format: Format, wanted: Selection, client: socket | None, mark: str) -> Spool:
    # While the database does not answer or the list is locked, this is 503 and no broken file.
    fetch("SELECT FROM items_item LIMIT 1", ())
    fill = partial(_fill, file_format=file_format, wanted=wanted)
    return Spool(fill, client, (mark + file_format.head).encode())


def _fill(spool: Spool, file_format: Format, wanted: Selection) -> None:
    spool.write_each(read_whole(file_format.text, wanted))
