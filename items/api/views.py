"""The JSON endpoint: the same addresses and the same form as the pages."""

from functools import wraps
from sys import getsizeof

from django.db import transaction
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.views.decorators.gzip import gzip_page

from items.access import idempotency, rate_limit
from items.api import rows
from items.api.change_json import deletion_problem
from items.api.endpoint import (
    ApiRequest,
    empty_response,
    endpoint,
    json_array,
    json_response,
    may,
)
from items.api.links import write_links
from items.api.parsing import clean, clean_items, read_item, read_json
from items.api.rows import JsonRow
from items.changes.history import read_deletion
from items.changes.recording import author_of, recorded, records
from items.database.heavy_reads import heavy_read
from items.database.snapshot_cache import Result, cached
from items.database.sql import TooLong
from items.forms import ItemForm
from items.http.etags import names_version, write_etag
from items.http.methods import View
from items.http.problems import Problem, shortened
from items.models import Item
from items.models.item_json import ITEM_JSON
from items.search.counting import count
from items.search.keyset import CursorError, Page, read_page
from items.search.near_misses import read_near_misses
from items.search.selection import Selection, read_selection

# The parts of a request that the list depends on; the host and the user are not.
LIST_DEPENDS_ON = ("QUERY_STRING", "HTTP_PREFER", "HTTP_ACCEPT_ENCODING")


# The list


def _list_items(request: ApiRequest) -> HttpResponse:
    asked = tuple(request.META.get(name, "") for name in LIST_DEPENDS_ON)
    content, headers = cached(asked, lambda: _cacheable(_read_list(request)))
    return HttpResponse(content, headers=headers)


def _cacheable(response: HttpResponse) -> Result:
    headers = dict(response.headers)
    return Result((response.content, headers), len(response.content) + getsizeof(repr(headers)))


@gzip_page
def _read_list(request: ApiRequest) -> HttpResponse:
    wanted = read_selection(request.GET, strict=True)
    is_counted = "count=exact" in request.META.get("HTTP_PREFER", "")
    with heavy_read(is_counted or bool(wanted.words)):
        try:
            page = read_page(ITEM_JSON, wanted)
        except CursorError:
            detail = "after or before is wrong. Copy it from the Link header of the same sort."
            raise Problem(400, detail)
        close = _read_close(wanted, page) if wanted.is_close else []
        number = count(wanted.search) if is_counted else None
    response = json_response(json_array(row[0] for row in (*page.rows, *close)))
    if close:
        response["X-Close-Matches"] = str(len(close))
    if links := write_links(request, after=page.after, before=page.before):
        response["Link"] = links
    if is_counted:
        response["X-Total-Count"] = str(number)
        response["Preference-Applied"] = "count=exact"
    return response


def _read_close(wanted: Selection, page: Page) -> list[tuple]:
    try:
        return read_near_misses(ITEM_JSON, wanted, page)[: wanted.size - len(page.rows)]
    except TooLong:
        detail = "The list is too long to look for items that come close. Search without close=1."
        raise Problem(422, detail)


def _create_items(request: ApiRequest) -> HttpResponse:
    """Create an item from an object, or items from an array; only once per Idempotency-Key."""
    if request.api_key is None:
        rate_limit.refuse_known_visitor(request)
    document = read_json(request)
    if request.api_key is None:
        items = len(document) if isinstance(document, list) else 1
        rate_limit.check_visitors_write(request, items or 1)
    if "HTTP_IDEMPOTENCY_KEY" in request.META:
        return _insert_once(request, document)
    return _insert(request, document)


def _insert_once(request: ApiRequest, document: object) -> HttpResponse:
    owner = str(request.api_key.user_id) if request.api_key else ""
    claim = idempotency.Claim(owner, idempotency.read_key(request), request.body)
    with transaction.atomic():
        response = claim.stored_answer()
        if response is None:
            response = _insert(request, document)
            claim.store(response)
    return response


def _insert(request: ApiRequest, document: object) -> HttpResponse:
    items, author = clean_items(document), author_of(request, "json")
    if isinstance(document, list):
        return json_response(json_array(row.text for row in rows.insert_many(items, author)), 201)
    row = rows.insert(items[0], author)
    return _item_response(row, 201, {"Location": f"/items/{row.id}/"})


# One item


def _or_deleted(method: View) -> View:
    """Answer 410 for a deleted item, if the script can see items; otherwise 404 as ever."""

    @wraps(method)
    def answered(request: ApiRequest, pk: int) -> HttpResponse:
        try:
            return method(request, pk)
        except Http404 as error:
            deletion = read_deletion(pk) if may(request, "items.view_item") else None
            if deletion is None:
                raise
            raise deletion_problem(request, deletion) from error

    return answered


@_or_deleted
def _read_item(request: ApiRequest, pk: int) -> HttpResponse:
    row = rows.read(pk)
    response = _item_response(row)
    if not names_version(request.headers.get("If-None-Match", ""), row.version):
        return response
    told = {name: response[name] for name in ("ETag", "Cache-Control")}
    return empty_response(304, told | {"Content-Length": str(len(response.content))})


@_or_deleted
def _replace_item(request: ApiRequest, pk: int) -> HttpResponse:
    fields = read_item(read_json(request))
    blank = dict.fromkeys(ItemForm.Meta.fields, "")  # PUT empties the fields that are left out
    with recorded(author_of(request, "json")):
        clean(ItemForm(blank | fields, instance=_locked_item(request, pk))).save()
        return _item_response(rows.read(pk))


@_or_deleted
def _change_item(request: ApiRequest, pk: int) -> HttpResponse:
    fields = read_item(read_json(request))
    with recorded(author_of(request, "json")):
        item = _locked_item(request, pk)
        clean(ItemForm(model_to_dict(item, ItemForm.Meta.fields) | fields, instance=item)).save()
        return _item_response(rows.read(pk))


@_or_deleted
@records("json")
def _delete_item(request: ApiRequest, pk: int) -> HttpResponse:
    _locked_item(request, pk).delete()
    return empty_response(204)


def _locked_item(request: ApiRequest, pk: int) -> Item:
    """Return the item, locked for this transaction; raise Problem 412 if If-Match differs."""
    item = Item.objects.select_for_update().get_or_404(pk)
    wanted = request.headers.get("If-Match")
    if wanted is not None and not names_version(wanted, item.version):
        etag = write_etag(item.version)
        detail = (
            f"If-Match is {shortened(wanted)}, but the ETag of the item is now {etag}."
            " Read the item again, then repeat your change."
        )
        raise Problem(412, detail, headers={"ETag": etag})
    return item


item_list = endpoint(GET=_list_items, POST=_create_items)
item_detail = endpoint(GET=_read_item, PUT=_replace_item, PATCH=_change_item, DELETE=_delete_item)


# Answers


def _item_response(
    row: JsonRow, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    return HttpResponse(
        row.text + "\n",
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-cache", "ETag": write_etag(row.version), **(headers or {})},
    )
