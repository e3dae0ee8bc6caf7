"""The history over JSON: the list of change sets, what each changed, and undo."""

import re
from collections.abc import Sequence
from datetime import UTC, date

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

from items.access import rate_limit
from items.api.change_json import change_json, change_set_json, undone_json, written
from items.api.endpoint import (
    ApiRequest,
    challenge,
    endpoint,
    json_array,
    json_response,
    require,
)
from items.api.links import write_links
from items.api.parsing import read_ids, read_json
from items.changes.change_list import (
    ChangeSetRow,
    Filter,
    no_change_set,
    read_change_set,
    read_change_sets,
)
from items.changes.history import read_changes
from items.changes.recording import author_of
from items.changes.undo import NoChangeSet, Undone, permissions_for_undo, undo
from items.database.heavy_reads import heavy_read
from items.database.sql import Busy, TooLong
from items.http.problems import Problem
from items.models.change import WAY_LABELS
from items.search.selection import read_limit, refuse_unknown
from items.search.sorting import read_id

PARAMETERS = ("limit", "after", "before", "way", "user", "day")
HEAVY_ITEMS = 1000  # an undo of more uses one of the connections for heavy reads
RETRY_AFTER_SECONDS = 2


# The list


@gzip_page
def _list_change_sets(request: ApiRequest) -> HttpResponse:
    refuse_unknown(request.GET, PARAMETERS)
    limit, after, before = read_limit(request.GET), *_read_cursors(request.GET)
    with timezone.override(UTC):
        page = read_change_sets(_read_filter(request), before=before, after=after, limit=limit)
    response = json_response(
        json_array(written(change_set_json(request, row)) for row in page.rows)
    )
    return _linked(response, write_links(request, after=page.after, before=page.before))


def _read_filter(request: ApiRequest) -> Filter:
    """Return which change sets; raise Problem 400, or 401 for `user` without a key."""
    query = request.GET
    way = query.get("way", "")
    if "way" in query and way not in WAY_LABELS:
        raise Problem(400, f"way must be one of: {', '.join(WAY_LABELS)}.")
    return Filter(_read_user(request), way, _read_day(query["day"]) if "day" in query else None)


def _read_user(request: ApiRequest) -> int | None:
    if "user" not in request.GET:
        return None
    if request.api_key is None:
        raise challenge("Only with an API key can you ask for the changes of a user.")
    text = request.GET["user"]
    user_id = 0 if text == "0" else read_id(text)
    if user_id is None:
        raise Problem(400, "user must be the number of an account, or 0 for those without one.")
    return user_id


def _read_day(text: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Problem(400, "day must be a date, such as 2026-11-26.")


def _read_cursors(query: QueryDict) -> tuple[int | None, int | None]:
    after, before = _read_cursor(query, "after"), _read_cursor(query, "before")
    if after and before:
        raise Problem(400, "Send after or before, not both.")
    return after, before


def _read_cursor(query: QueryDict, name: str) -> int | None:
    cursor = read_id(query.get(name, ""))
    if name in query and cursor is None:
        raise _wrong_cursor(name)
    return cursor


def _wrong_cursor(name: str) -> Problem:
    return Problem(400, f"{name} is wrong. Copy it from the Link header.")


# One change set


@gzip_page
def _read_change_set(request: ApiRequest, pk: int) -> HttpResponse:
    refuse_unknown(request.GET, ("limit", "after"))
    limit, after = read_limit(request.GET), _read_place(request.GET)
    change_set = change_set_json(request, read_change_set(pk))
    changes, cursor = read_changes(pk, after=after, limit=limit)
    change_set["changes"] = [change_json(change) for change in changes]
    link = write_links(request, after=cursor and f"{cursor[0]}-{cursor[1]}")
    return _linked(json_response(written(change_set)), link)


def _read_place(query: QueryDict) -> tuple[int, int]:
    """Return item and version, after which the page begins; raise Problem 400."""
    if "after" not in query:
        return 0, 0
    item, _, version = query.get("after", "").partition("-")
    place = read_id(item), read_id(version)
    if place[0] is None or place[1] is None:
        raise _wrong_cursor("after")
    return place[0], place[1]


# Undo


def _undo(request: ApiRequest, pk: int) -> HttpResponse:
    is_dry, items = _read_dry_run(request.GET), _read_items(request)
    # An undo of nothing needs a permission too. So readers get the same answer for all numbers.
    for permission in sorted(permissions_for_undo(pk, items) or {"items.change_item"}):
        require(request, permission)
    count = _count_items(read_change_set(pk), items)
    if request.api_key is None and not is_dry:
        rate_limit.check_visitors_write(request, count)
    with heavy_read(count > HEAVY_ITEMS):
        undone = _take_back(request, pk, items, is_dry)
    return json_response(written(undone_json(request, undone)))


def _read_dry_run(query: QueryDict) -> bool:
    refuse_unknown(query, ("dry_run",))
    asked = query.get("dry_run", "0")
    if asked not in ("0", "1"):
        raise Problem(400, "dry_run must be 1 or 0.")
    return asked == "1"


def _read_items(request: ApiRequest) -> list[int] | None:
    """Return the items that the body names, or None for all of the change set."""
    return read_ids(read_json(request)) if request.body else None


def _count_items(row: ChangeSetRow, items: Sequence[int] | None) -> int:
    count = max(1, row.added + row.changed + row.deleted)
    return count if items is None else min(count, len(set(items)))


def _take_back(request: ApiRequest, pk: int, items: list[int] | None, is_dry: bool) -> Undone:
    try:
        return undo(pk, author_of(request, "json"), items=items, dry_run=is_dry)
    except NoChangeSet as error:  # pruned since
        raise no_change_set(pk) from error
    except Busy as error:
        detail = "Others are changing these items right now. Nothing was undone. Try again."
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise Problem(503, detail, headers=retry) from error
    except TooLong as error:
        detail = (
            "This takes too long. Nothing was undone. Send some of the items at a time, or ask an"
            f" administrator to run manage.py undo {pk} on the server."
        )
        raise Problem(409, detail) from error


def _linked(response: HttpResponse, link: str) -> HttpResponse:
    if link:
        response["Link"] = link
    return response


change_set_list = endpoint(GET=_list_change_sets)
change_set_detail = endpoint(GET=_read_change_set)
# The answer shows items, so it needs the permission to view. _undo() requires the others.
change_set_undo = endpoint({"POST": "items.view_item"}, POST=_undo)
