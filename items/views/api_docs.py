"""The documentation of the API: /docs/ for people, /openapi.json for tools."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from items.access import idempotency
from items.api import curl, parsing
from items.api.examples import ACTIONS, Subjects, examples, newest
from items.api.openapi.document import document
from items.api.openapi.schemas import EXAMPLE
from items.changes import undo
from items.http.methods import allow_methods
from items.http.received_file import FILE_MAX
from items.models import rules
from items.models.change import WAY_LABELS
from items.search import selection, sorting, words
from items.spreadsheets import workbook

MAX_AGE_SECONDS = 300  # in caches; the document only changes with a restart
EXAMPLE_TIMES = dict.fromkeys(("created_at", "updated_at"), "2026-11-02T09:30:00.125000Z")


@allow_methods("GET")
def docs(request: HttpRequest) -> HttpResponse:
    site = curl.site(request)
    may_view = request.user.has_perm("items.view_item")
    known = newest() if may_view else None
    subjects = known or Subjects()
    context = {
        "site": site,
        "calls": examples(site, subjects, request.user.pk or 1),
        "is_known": known is not None,
        "item": subjects.item,
        "change_set": subjects.change_set,
        "example_item": json.dumps({"id": subjects.item, **EXAMPLE, **EXAMPLE_TIMES}, indent=2),
        "may_view": may_view,
        "keys_first": curl.needs_key(*ACTIONS),
        "key": f"{curl.BEARER} " if curl.needs_key("view") else "",
        "sorts": list(sorting.ORDERS),
        "limit_default": selection.LIMIT_DEFAULT,
        "limit_max": selection.LIMIT_MAX,
        "rows_max": workbook.ROWS_MAX,
        "array_max": parsing.ARRAY_MAX,
        "words_max": words.WORDS_MAX,
        "words_max_length": words.WORDS_MAX_LENGTH,
        "ways": WAY_LABELS,
        "kept_shown": undo.KEPT_SHOWN,
        "kept_hours": idempotency.KEPT_HOURS,
        "name_max_length": rules.NAME_MAX_LENGTH,
        "description_max_length": rules.DESCRIPTION_MAX_LENGTH,
        "file_max_bytes": FILE_MAX,
        "body_max_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    return render(request, "items/docs.html", context)


@allow_methods("GET")
def openapi(request: HttpRequest) -> HttpResponse:
    answer = document(curl.site(request), settings.VISITORS_MAY)
    cache = f"max-age={MAX_AGE_SECONDS}"
    return JsonResponse(answer, headers={"Cache-Control": cache}, json_dumps_params={"indent": 1})
