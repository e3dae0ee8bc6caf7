"""The JSON endpoint: the same addresses and the same form as the pages."""

import json
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse

from items.forms import ItemForm
from items.models import Item
from items.paging import read_id
from items.problems import Problem

LIMIT_DEFAULT = 100  # items in one answer
LIMIT_MAX = 1000
BODY_MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
SHOWN_KEY_LENGTH = 50  # characters of a stranger's key that an error repeats

PERMISSIONS = {
    "GET": "items.view_item",
    "HEAD": "items.view_item",
    "POST": "items.add_item",
    "PUT": "items.change_item",
    "PATCH": "items.change_item",
    "DELETE": "items.delete_item",
}

Endpoint = Callable[..., HttpResponse]


def endpoint(**methods: Endpoint) -> Endpoint:
    """Make a view of one function per HTTP method; refuse what may not come in."""
    methods["HEAD"] = methods["GET"]
    allow = {"Allow": ", ".join([*methods, "OPTIONS"])}

    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        try:
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers=allow)
            if request.method not in methods:
                detail = f"{request.method} means nothing here. Use one of: {allow['Allow']}."
                raise Problem(405, detail, headers=allow)
            _check_rights(request)
            return methods[request.method](request, **kwargs)
        except Problem as problem:
            return problem.response()

    return view


def _check_rights(request: HttpRequest) -> None:
    """Raise Problem unless visitors may do this: the session's cookie counts for nothing here."""
    if (
        request.method not in ("GET", "HEAD")
        and request.headers.get("Sec-Fetch-Site") == "cross-site"
    ):
        raise Problem(403, "A page of another site may not write here.")
    if not AnonymousUser().has_perm(PERMISSIONS[request.method]):
        detail = f"Visitors may not {request.method} here; VISITORS_MAY decides."
        raise Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="itemsite"'})


# What each method does


def _list_items(request: HttpRequest) -> HttpResponse:
    limit, after = _read_page_parameters(request)
    items = Item.objects.newest_first()
    if after is not None:
        items = items.filter(id__lt=after)
    rows = items[: limit + 1].json_rows()
    response = _json("[" + ",\n ".join(text for _, text in rows[:limit]) + "]")
    if len(rows) > limit:
        query = request.GET.copy()
        query["after"] = rows[limit - 1][0]
        url = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        response["Link"] = f'<{url}>; rel="next"'
    return response


@transaction.atomic
def _create_item(request: HttpRequest) -> HttpResponse:
    item = _save(ItemForm(_read_fields(request)))
    response = _json_item(item.pk, status=201)
    response["Location"] = item.get_absolute_url()
    return response


def _read_item(request: HttpRequest, pk: int) -> HttpResponse:
    return _json_item(pk)


@transaction.atomic
def _replace_item(request: HttpRequest, pk: int) -> HttpResponse:
    fields = _read_fields(request)
    blank = dict.fromkeys(ItemForm.Meta.fields, "")  # what PUT leaves out is emptied
    _save(ItemForm(blank | fields, instance=_locked_item(pk)))
    return _json_item(pk)


@transaction.atomic
def _change_item(request: HttpRequest, pk: int) -> HttpResponse:
    fields = _read_fields(request)
    item = _locked_item(pk)
    _save(ItemForm(model_to_dict(item, ItemForm.Meta.fields) | fields, instance=item))
    return _json_item(pk)


def _delete_item(request: HttpRequest, pk: int) -> HttpResponse:
    count, _ = Item.objects.filter(pk=pk).delete()
    if not count:
        raise Http404(f"There is no item {pk}.")
    return HttpResponse(status=204)


item_list = endpoint(GET=_list_items, POST=_create_item)
item_detail = endpoint(GET=_read_item, PUT=_replace_item, PATCH=_change_item, DELETE=_delete_item)


# In


def _read_page_parameters(request: HttpRequest) -> tuple[int, int | None]:
    """Return limit and after; raise Problem for what is none or unknown."""
    unknown = set(request.GET) - {"limit", "after"}
    if unknown:
        name = _shown(min(unknown))
        raise Problem(400, f"There is no parameter {name}. There are: limit, after.")
    limit = read_id(request.GET.get("limit", str(LIMIT_DEFAULT)))
    if limit is None or limit > LIMIT_MAX:
        raise Problem(400, f"limit is a whole number from 1 to {LIMIT_MAX}.")
    after = request.GET.get("after")
    if after is None:
        return limit, None
    if read_id(after) is None:
        raise Problem(400, 'after comes from the Link header, rel="next", of another page.')
    return limit, read_id(after)


def _read_fields(request: HttpRequest) -> dict[str, str]:
    """Return the body, one JSON object with an item's fields, as data for ItemForm.

    Raise Problem: 415 for another content type, 413 for a body over
    BODY_MAX_BYTES, 400 for what is not JSON (RFC 8259, which demands UTF-8),
    422 for JSON that is no such object.
    """
    if request.content_type != "application/json" or request.content_params.get(
        "charset", "utf-8"
    ).lower() not in ("utf-8", "utf8"):
        raise Problem(415, "Send JSON in UTF-8, with the header Content-Type: application/json.")
    fields = _parse_json(request.body)
    if not isinstance(fields, dict):
        raise Problem(422, 'Send one JSON object, such as {"name": "Book", "description": ""}.')
    errors = []
    for key, value in fields.items():
        if key not in ItemForm.Meta.fields:
            detail = f"There is no such field. There are: {', '.join(ItemForm.Meta.fields)}."
            errors.append(_field_error(key, "unknown", detail))
        elif value is None and key == "description":
            fields[key] = ""
        elif not isinstance(value, str):
            errors.append(_field_error(key, "type", "This is not a string."))
    if errors:
        raise Problem(422, "Some fields are wrong; errors names them.", errors=errors)
    return fields


def _parse_json(body: bytes) -> object:
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not UTF-8: see byte {error.start}.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise Problem(400, f"The body is not JSON: {error.msg} at {where}.") from error
    except RecursionError as error:
        raise Problem(400, "The JSON is nested too deeply.") from error
    except ValueError as error:  # a number of more than 4,300 digits, or one of the two below
        raise Problem(400, f"The body is not JSON: {error}.") from error


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that comes twice: programs disagree about which value counts."""
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("a key comes twice in one object")
    return unique


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _save(form: ItemForm) -> Item:
    if not form.is_valid():
        errors = [
            _field_error(field, error.code, " ".join(error.messages))
            for field, field_errors in form.errors.as_data().items()
            for error in field_errors
        ]
        raise Problem(422, "Some fields are wrong; errors names them.", errors=errors)
    return form.save()


def _field_error(key: str, code: str, detail: str) -> dict[str, str]:
    pointer = "/" + _shown(key).replace("~", "~0").replace("/", "~1")
    return {"pointer": pointer, "code": code, "detail": detail}


def _shown(key: str) -> str:
    return key if len(key) <= SHOWN_KEY_LENGTH else key[:SHOWN_KEY_LENGTH] + "…"


def _locked_item(pk: int) -> Item:
    return Item.objects.select_for_update().get_or_404(pk)


# Out


def _json(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="application/json")


def _json_item(pk: int, status: int = 200) -> HttpResponse:
    rows = Item.objects.filter(pk=pk).json_rows()
    if not rows:
        raise Http404(f"There is no item {pk}.")
    return _json(rows[0][1], status)
