"""The JSON endpoint: the same addresses and the same form as the pages."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.views.decorators.gzip import gzip_page

from items.access import idempotency, rate_limit
from items.access.bearer import OURS, read_bearer
from items.api import rows
from items.api.links import write_links
from items.api.parsing import PATCH_TYPES, clean, clean_items, read_item, read_json
from items.api.rows import JsonRow
from items.database.heavy_reads import heavy_read
from items.database.snapshot_cache import Result, cached
from items.forms import ItemForm
from items.http.etags import names_version, write_etag
from items.http.methods import View, allow_methods
from items.http.negotiation import VARY
from items.http.problems import Problem, shortened
from items.models import ApiKey, Item
from items.search.keyset import CursorError, read_page
from items.search.selection import read_selection

PERMISSIONS = {
    "GET": "items.view_item",
    "HEAD": "items.view_item",
    "POST": "items.add_item",
    "PUT": "items.change_item",
    "PATCH": "items.change_item",
    "DELETE": "items.delete_item",
}

# The parts of a request that the list depends on; the host and the user are not.
LIST_DEPENDS_ON = ("QUERY_STRING", "HTTP_PREFER", "HTTP_ACCEPT_ENCODING")


class ApiRequest(HttpRequest):
    method: str
    api_key: ApiKey | None


def endpoint(**methods: View) -> View:
    """Return a view with one function per method, in English.

    It reads no cookie, so needs no CSRF token.
    """

    @allow_methods(*methods, "HEAD", "OPTIONS")
    def view(request: ApiRequest, **kwargs: int) -> HttpResponse:
        if request.method == "OPTIONS":
            return _empty(204, _methods_told(view.methods))
        with override("en"):
            _check_permission(request)
            method = "GET" if request.method == "HEAD" else request.method
            response = methods[method](request, **kwargs)
        response["Content-Language"] = "en"
        patch_vary_headers(response, VARY)
        return response

    return view


def _methods_told(methods: Collection[str]) -> dict[str, str]:
    patch = {"Accept-Patch": ", ".join(PATCH_TYPES)} if "PATCH" in methods else {}  # RFC 5789
    return {"Allow": ", ".join(methods)} | patch


def _check_permission(request: ApiRequest) -> None:
    """Raise Problem unless the key, or every visitor if there is no key, has the permission.

    The session cookie is ignored here.
    """
    is_write = request.method not in ("GET", "HEAD")
    if is_write and request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        raise Problem(403, "A page of another site cannot change anything here.")
    permission = PERMISSIONS[request.method]
    brings_key = "HTTP_X_API_KEY" in request.META or OURS.match(
        request.META.get("HTTP_AUTHORIZATION", "")
    )
    request.api_key = _read_key(request) if brings_key else None
    if request.api_key:
        if not request.api_key.may(permission):
            why = f"it is read-only, or its account does not have {permission}"
            raise Problem(403, f"This key cannot {request.method} here: {why}.")
    elif not AnonymousUser().has_perm(permission):
        detail = f"Visitors cannot {request.method} here. Send Authorization: Bearer KEY."
        raise Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="itemsite"'})
    elif is_write and request.method != "POST":  # _create_items counts its items
        rate_limit.check_visitors_write(request)


def _read_key(request: HttpRequest) -> ApiKey:
    """Return the API key; raise Problem 401 for a wrong one, 429 after too many."""
    try:
        return read_bearer(request)
    except Problem:
        rate_limit.check_failed_key(request)
        raise


# The list


def _list_items(request: ApiRequest) -> HttpResponse:
    asked = tuple(request.META.get(name, "") for name in LIST_DEPENDS_ON)
    content, headers = cached(asked, lambda: _cacheable(_read_list(request)))
    return HttpResponse(content, headers=headers)


def _cacheable(response: HttpResponse) -> Result:
    return Result((response.content, dict(response.headers)), len(response.content))


@gzip_page
def _read_list(request: ApiRequest) -> HttpResponse:
    wanted = read_selection(request.GET, strict=True)
    is_counted = "count=exact" in request.META.get("HTTP_PREFER", "")
    with heavy_read(is_counted or bool(wanted.words)):
        try:
            page = read_page(rows.ITEM_JSON, wanted)
        except CursorError:
            detail = "after or before is wrong. Copy it from the Link header of the same sort."
            raise Problem(400, detail)
        count = Item.objects.matching(*wanted.words).count() if is_counted else None
    response = _json(_array(row[0] for row in page.rows))
    if links := write_links(request.GET, page):
        response["Link"] = links
    if is_counted:
        response["X-Total-Count"] = str(count)
        response["Preference-Applied"] = "count=exact"
    return response


def _create_items(request: ApiRequest) -> HttpResponse:
    """Create an item from an object, or items from an array; only once per Idempotency-Key."""
    document = read_json(request)
    if request.api_key is None:
        items = len(document) if isinstance(document, list) else 1
        rate_limit.check_visitors_write(request, items or 1)
    if "HTTP_IDEMPOTENCY_KEY" in request.META:
        return _insert_once(request, document)
    return _insert(document)


def _insert_once(request: ApiRequest, document: object) -> HttpResponse:
    owner = str(request.api_key.user_id) if request.api_key else ""
    claim = idempotency.Claim(owner, idempotency.read_key(request), request.body)
    with transaction.atomic():
        response = claim.stored_answer()
        if response is None:
            response = _insert(document)
            claim.store(response)
    return response


def _insert(document: object) -> HttpResponse:
    items = clean_items(document)
    if isinstance(document, list):
        return _json(_array(row.text for row in rows.insert_many(items)), 201)
    row = rows.insert(items[0])
    return _item_response(row, 201, {"Location": f"/items/{row.id}/"})


# One item


def _read_item(request: ApiRequest, pk: int) -> HttpResponse:
    row = rows.read(pk)
    response = _item_response(row)
    if not names_version(request.headers.get("If-None-Match", ""), row.version):
        return response
    told = {name: response[name] for name in ("ETag", "Cache-Control")}
    return _empty(304, told | {"Content-Length": str(len(response.content))})


def _replace_item(request: ApiRequest, pk: int) -> HttpResponse:
    fields = read_item(read_json(request))
    blank = dict.fromkeys(ItemForm.Meta.fields, "")  # PUT empties the fields that are left out
    with transaction.atomic():
        clean(ItemForm(blank | fields, instance=_locked_item(request, pk))).save()
        return _item_response(rows.read(pk))


def _change_item(request: ApiRequest, pk: int) -> HttpResponse:
    fields = read_item(read_json(request))
    with transaction.atomic():
        item = _locked_item(request, pk)
        clean(ItemForm(model_to_dict(item, ItemForm.Meta.fields) | fields, instance=item)).save()
        return _item_response(rows.read(pk))


@transaction.atomic
def _delete_item(request: ApiRequest, pk: int) -> HttpResponse:
    _locked_item(request, pk).delete()
    return _empty(204)


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


def _json(text: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-cache"}  # caches must ask each time, so that commits are seen
    return HttpResponse(
        text + "\n", status=status, content_type="application/json", headers=headers
    )


def _empty(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(status=status, headers=headers)
    del response["Content-Type"]  # Django's default, but there is no body
    return response


def _array(texts: Iterable[str]) -> str:
    return "[" + ",\n ".join(texts) + "]"


def _item_response(
    row: JsonRow, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    return HttpResponse(
        row.text + "\n",
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-cache", "ETag": write_etag(row.version), **(headers or {})},
    )
