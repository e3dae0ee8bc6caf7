"""POST /items/import/: a spreadsheet in the body, a report as the answer."""

import json
from typing import NamedTuple

from django.http import HttpResponse, QueryDict

from items.access import rate_limit
from items.api.endpoint import ApiRequest, endpoint, json_response, may, require
from items.changes.recording import author_of
from items.database.own_connection import own_connection
from items.database.sql import Busy, TooLong
from items.http.origins import refuse_foreign_origin
from items.http.problems import Problem
from items.http.received_file import received_file, receives_file
from items.models import Upload
from items.search.selection import refuse_unknown
from items.spreadsheets.reading import Reading, Refused, read, reader_options
from items.spreadsheets.staging import Choices, Rights, apart, report, run_import, stage

# What a script can choose; the first value is the default.
CHOICES = {
    "dry_run": ("0", "1"),
    "other_columns": ("refuse", "keep", "leave"),
    "header": ("guess", "absent"),
    "close": ("leave", "add", "change"),
    "repeated": ("leave", "add"),
    "total": ("add", "leave"),
    "unknown_ids": ("leave", "add"),
    "ids": ("guess", "use", "leave"),
    "paste": ("0", "1"),
}
OF_READER = ("other_columns", "header", "ids")
FORM = (
    "Send the file itself, not a form: curl --data-binary @list.csv, without -F. Nothing was read."
)
RETRY_AFTER_SECONDS = 10


class Asked(NamedTuple):
    """What a script asked for in its address, checked."""

    values: dict[str, str]

    @property
    def reader_options(self) -> dict:
        door = "paste" if self.values["paste"] == "1" else "upload"
        return reader_options(door=door, **{name: self.values[name] for name in OF_READER})

    @property
    def choices(self) -> Choices:
        return Choices(*(self.values[name] for name in Choices._fields))


def _import(request: ApiRequest) -> HttpResponse:
    refuse_foreign_origin(request)
    rights = Rights(may(request, "items.add_item"), may(request, "items.change_item"))
    if not any(rights):
        require(request, "items.add_item")
    if request.content_type == "multipart/form-data":
        raise Problem(415, FORM)
    asked = read_asked(request.GET)
    if request.api_key is None and asked.values["dry_run"] == "0":
        rate_limit.refuse_known_visitor(request)
    with received_file(request) as path, own_connection():
        try:
            with read(path, asked.reader_options) as reading:
                return _import_rows(request, asked, rights, reading)
        except Refused as refused:
            raise Problem(422, _sentence(refused)) from refused
        except (Busy, TooLong) as error:
            detail = "Others are changing the same items, or importing. Nothing was imported."
            retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise Problem(503, f"{detail} Try again later.", headers=retry) from error


def _import_rows(
    request: ApiRequest, asked: Asked, rights: Rights, reading: Reading
) -> HttpResponse:
    upload = Upload(options=asked.values, about={**reading.head, "says": reading.says})
    with apart():
        stage(upload, reading.blocks(), rights)
        if asked.values["dry_run"] == "0":
            run_import(
                upload,
                author_of(request, "import"),
                rights,
                asked.choices,
                before_writing=lambda rows: _count(request, rows),
            )
        return json_response(json.dumps(report(upload), ensure_ascii=False))


def read_asked(query: QueryDict) -> Asked:
    """Return what the address asks for; raise Problem 400 for anything else."""
    refuse_unknown(query, tuple(CHOICES))
    for name, allowed in CHOICES.items():
        if query.get(name, allowed[0]) not in allowed:
            raise Problem(400, f"{name} must be one of: {', '.join(allowed)}.")
    return Asked({name: query.get(name, allowed[0]) for name, allowed in CHOICES.items()})


def _count(request: ApiRequest, rows: int) -> None:
    if request.api_key is None:
        rate_limit.check_visitors_write(request, rows)


def _sentence(refused: Refused) -> str:
    how = " Add ?other_columns=keep or ?other_columns=leave to the address."
    return f"{refused}{how if refused.facts['code'] == 'unknown_columns' else ''}"


item_import = receives_file(endpoint({"POST": "items.view_item"}, POST=_import))
