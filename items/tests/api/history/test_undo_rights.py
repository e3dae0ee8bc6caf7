"""Who can undo over JSON: keys, visitors, and their limit."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from items.models import ChangeSet, Item
from items.tests.access.keys import key_of
from items.tests.api.calls import problem, take_back
from items.tests.changes.history import ADA, add, changed_by, delete_all, last_set, rename

pytestmark = pytest.mark.django_db


ADDED, CHANGED, DELETED = "an addition", "an edit", "a deletion"


def change_set_of(kind):
    added = changed_by(ADA, add("Book"))
    if kind == ADDED:
        return added
    return changed_by(ADA, rename("Book", "Tome") if kind == CHANGED else delete_all)


def is_unchanged(function):
    last = last_set()
    response = function()
    return response if last_set() == last else pytest.fail("it changed something")


@pytest.mark.parametrize(
    ("kind", "action"), [(ADDED, "delete"), (CHANGED, "change"), (DELETED, "add")]
)
@pytest.mark.parametrize("query", ["", "?dry_run=1"])
def test_an_undo_needs_the_permissions_of_what_it_does(client, settings, kind, action, query):
    made = change_set_of(kind)
    others = {"add", "change", "delete"} - {action}

    settings.VISITORS_MAY = ["view", *others]
    refused = is_unchanged(lambda: take_back(client, made, query=query))
    settings.VISITORS_MAY = ["view", action]
    allowed = take_back(client, made, query=query)

    assert "kept" not in problem(refused, 401)
    assert allowed.status_code == 200


@pytest.mark.parametrize("kind", [ADDED, CHANGED, DELETED])
@pytest.mark.parametrize("query", ["", "?dry_run=1"])
@pytest.mark.parametrize(
    ("group", "read_only", "status"),
    [("Readers", False, 403), ("Editors", True, 403), (None, False, 403), ("Editors", False, 200)],
)
def test_a_key_undoes_what_its_account_can(client, settings, kind, query, group, read_only, status):
    settings.VISITORS_MAY = []
    made, key = change_set_of(kind), key_of("eve", group, read_only=read_only)

    def call():
        return take_back(client, made, query=query, **key)

    response = call() if status == 200 else is_unchanged(call)

    assert response.status_code == status


@pytest.mark.parametrize("visitors_may", [[], ["view"], ["add", "change", "delete"]])
def test_without_the_rights_of_visitors_a_key_is_needed(client, settings, visitors_may):
    made = change_set_of(ADDED)
    settings.VISITORS_MAY = visitors_may

    for pk in (made, 2**40):
        problem(is_unchanged(lambda pk=pk: take_back(client, pk)), 401)


def test_a_change_set_without_changes_is_nothing_for_readers(client, settings):
    start = ChangeSet.objects.get(way="start").pk
    settings.VISITORS_MAY = ["view"]

    problem(take_back(client, start), 401)
    response = take_back(client, start, **key_of("eve", "Editors"))

    assert (response.status_code, response.json()["change_set"]) == (200, None)


def test_a_read_only_key_undoes_nothing_even_where_visitors_can(client):
    made, key = change_set_of(ADDED), key_of("eve", "Editors", read_only=True)

    for pk in (made, ChangeSet.objects.get(way="start").pk):
        problem(is_unchanged(lambda pk=pk: take_back(client, pk, **key)), 403)


@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://other.example"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
)
def test_a_page_of_another_site_undoes_nothing(client, told):
    """It can send an undo for everything, as that has no body, without asking first (CORS)."""
    made = change_set_of(ADDED)

    response = is_unchanged(lambda: take_back(client, made, **told))

    problem(response, 403)


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver", "https://our.test"])
def test_a_page_of_this_site_undoes(client, settings, origin):
    settings.CSRF_TRUSTED_ORIGINS = ["https://our.test"]

    response = take_back(client, change_set_of(ADDED), Origin=origin)

    assert response.status_code == 200


def test_scripts_need_no_token_and_have_no_session():
    client, made = Client(enforce_csrf_checks=True), change_set_of(ADDED)
    client.force_login(User.objects.create_superuser("root"))

    told = take_back(client, made)

    assert told.status_code == 200
    assert last_set().who == ""


def test_visitors_undo_only_so_many_items(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    many, few = changed_by(ADA, add(*"abcd")), changed_by(ADA, add("Book", "Pen"))
    book = Item.objects.get(name="Book").pk

    dry = take_back(client, many, query="?dry_run=1")
    one = take_back(client, few, {"items": [book, book]})
    both = take_back(client, few)
    more = is_unchanged(lambda: take_back(client, few))
    by_key = take_back(client, many, **key_of("ada", "Editors"))

    assert [dry.status_code, one.status_code, both.status_code] == [200, 200, 200]
    assert problem(more, 429)
    assert by_key.json()["removed"] == 4


def test_visitors_are_told_if_there_are_too_many_items_at_once(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    made = changed_by(ADA, add(*"abcd"))

    body = problem(is_unchanged(lambda: take_back(client, made)), 429)

    assert "at most 3 items a minute" in body["detail"]
