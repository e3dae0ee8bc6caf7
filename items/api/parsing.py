"""Parse and validate the JSON bodies that scripts send."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from items.forms import ItemForm
from items.http.negotiation import JSON, MERGE_PATCH
from items.http.problems import Problem, shortened
from items.models import Item
from items.models.item import OPTIONAL, WRITABLE, as_saved
from items.search.sorting import BIGINT_MAX

ARRAY_MAX = 1000  # objects in one POST
PATCH_TYPES = (JSON, MERGE_PATCH)  # RFC 7396 says the same of flat objects: null removes a text
NOT_WRITABLE = {field.name for field in Item._meta.fields} - set(WRITABLE)
SEND_OBJECT = 'Send a JSON object, such as {"name": "Book", "description": ""}.'
SEND_IDS = 'Send {} for all items, or {"items": [1, 2]} for some of them.'
ERRORS_MAX = 20  # reported for one object

FieldError = dict[str, str]  # pointer, code and detail, as in Problem.errors


def read_item(fields: Any) -> dict[str, str]:
    """Return a JSON object as data for ItemForm; raise Problem 422 for anything else."""
    if errors := _field_errors(fields):
        raise _some_are_wrong(errors)
    return fields


def clean_items(document: object) -> list[Item]:
    """Return the item of a JSON object, or the items of an array.

    Raise Problem 422 with the errors of all items.
    """
    is_array = isinstance(document, list)
    documents: list = document if isinstance(document, list) else [document]
    if not 0 < len(documents) <= ARRAY_MAX:
        raise Problem(422, f"Send 1 to {ARRAY_MAX:,} objects at a time, not {len(documents):,}.")
    items: list[Item] = []
    errors: list[FieldError] = []
    for place, fields in enumerate(documents):
        prefix = f"/{place}" if is_array else ""
        item, found = _clean_item(fields, prefix)
        if item:
            items.append(item)
        errors += found
    if errors:
        raise _some_are_wrong(errors)
    return items


def clean(form: ItemForm) -> ItemForm:
    """Return the form if it is valid; otherwise raise Problem 422."""
    errors = _form_errors(form)
    if errors:
        raise _some_are_wrong(errors)
    return form


def read_ids(document: object) -> list[int] | None:
    """Return the items that a JSON object names as `items`, or None if it is empty.

    Raise Problem 422 for anything else.
    """
    if errors := _id_errors(document):
        raise _some_are_wrong(errors)
    ids = document.get("items") if isinstance(document, dict) else None
    return ids and [int(pk) for pk in ids]


def read_json(request: HttpRequest) -> object:
    """Return the parsed body.

    Raise Problem 415 for another content type, 400 for invalid JSON (RFC 8259, which requires
    UTF-8).
    """
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    is_patch = request.method == "PATCH"
    types = PATCH_TYPES if is_patch else (JSON,)
    if request.content_type not in types or charset not in ("utf-8", "utf8"):
        detail = "Send JSON in UTF-8, with the header Content-Type: application/json."
        name = "Accept-Patch" if is_patch else "Accept"  # RFC 5789, section 2.2
        raise Problem(415, detail, headers={name: ", ".join(types)})
    if not request.body:
        raise Problem(400, f"The body is empty. {SEND_OBJECT}")
    try:
        return json.loads(
            request.body.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not UTF-8: byte {error.start} is wrong.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise Problem(400, f"The body is not JSON: {error.msg} at {where}.") from error
    except RecursionError as error:
        raise Problem(400, "The JSON is nested too deeply.") from error
    except ValueError as error:  # also of the two functions below, or for 4,300 digits in a number
        raise Problem(400, f"The body is not JSON: {error}.") from error


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse duplicate keys: programs disagree about which value is used."""
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("an object has the same key twice")
    return unique


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _field_errors(fields: Any, prefix: str = "") -> list[FieldError]:
    """Return errors that a form cannot find; turn null into an empty text."""
    if not isinstance(fields, dict):
        return [{"pointer": prefix, "code": "type", "detail": SEND_OBJECT}]
    errors: list[FieldError] = []
    for key, value in fields.items():
        if len(errors) == ERRORS_MAX:
            break
        if key not in WRITABLE:
            detail = f"This field does not exist. The fields are: {', '.join(WRITABLE)}."
            errors.append(_field_error(prefix, key, "unknown", detail))
        elif value is None and key in OPTIONAL:
            fields[key] = ""
        elif not isinstance(value, str):
            errors.append(_field_error(prefix, key, "type", 'Send a string, such as "Book".'))
    return errors


def _id_errors(document: object) -> list[FieldError]:
    if not isinstance(document, dict):
        return [{"pointer": "", "code": "type", "detail": SEND_IDS}]
    unknown = [key for key in document if key != "items"]
    if unknown or not document:
        return [_field_error("", key, "unknown", SEND_IDS) for key in unknown[:ERRORS_MAX]]
    ids = document["items"]
    if not isinstance(ids, list) or not 0 < len(ids) <= ARRAY_MAX:
        detail = f"Send an array of 1 to {ARRAY_MAX:,} numbers of items."
        return [_field_error("", "items", "type", detail)]
    wrong = [place for place, pk in enumerate(ids) if not _is_id(pk)]
    detail = "Send the number of an item, such as 7."
    return [_field_error("/items", str(place), "type", detail) for place in wrong[:ERRORS_MAX]]


def _is_id(value: Any) -> bool:
    """Tell whether it is an id; 7.0 is one too, as JSON has only one kind of number."""
    return type(value) in (int, float) and 0 < value <= BIGINT_MAX and value == int(value)


def _clean_item(fields: Any, prefix: str) -> tuple[Item | None, list[FieldError]]:
    """Return a new item and its errors, in the words of ItemForm.

    A form costs five times as much as the model's own validation. So the model validates, and the
    form is only created to word the errors.
    """
    if errors := _field_errors(fields, prefix):
        return None, errors + _other_errors(fields, errors, prefix)
    item = Item(**{field: as_saved(field, fields.get(field, "")) for field in WRITABLE})
    try:
        item.clean_fields(exclude=NOT_WRITABLE)
    except ValidationError:
        return item, _form_errors(ItemForm(fields), prefix)
    return item, []


def _other_errors(fields: Any, errors: list[FieldError], prefix: str) -> list[FieldError]:
    """Return what the form finds in the fields that have no error yet."""
    if not isinstance(fields, dict):
        return []
    pointers = {error["pointer"] for error in errors}
    texts = {key: value for key, value in fields.items() if isinstance(value, str)}
    found = _form_errors(ItemForm(texts), prefix)
    others = [error for error in found if error["pointer"] not in pointers]
    return others[: ERRORS_MAX - len(errors)]


def _form_errors(form: ItemForm, prefix: str = "") -> list[FieldError]:
    if form.is_valid():
        return []
    return [
        _field_error(prefix, field, str(error.code), " ".join(error.messages))
        for field, field_errors in form.errors.as_data().items()
        for error in field_errors
    ]


def _field_error(prefix: str, key: str, code: str, detail: str) -> FieldError:
    pointer = prefix + "/" + shortened(key).replace("~", "~0").replace("/", "~1")
    return {"pointer": pointer, "code": code, "detail": detail}


def _some_are_wrong(errors: list[FieldError]) -> Problem:
    return Problem(422, "Some fields are wrong. They are listed in errors.", errors=errors)
