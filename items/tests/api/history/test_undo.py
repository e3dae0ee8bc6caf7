"""Undo over JSON, and who can do it."""

import json
from datetime import datetime

import pytest

from items.changes.upkeep import erase
from items.database.sql import Busy, TooLong
from items.models import ChangeSet, Item
from items.tests.access.keys import key_of
from items.tests.api.calls import problem, take_back
from items.tests.changes.history import (
    ADA,
    BOB,
    add,
    changed_by,
    delete_all,
    last_set,
    next_transaction,
    rename,
)

pytestmark = pytest.mark.django_db


def test_undoes_and_says_what_it_did(client):
    key = key_of("ada", "Editors")
    made = changed_by(BOB, add("Book", "Pen", "Ink"))
    edited = changed_by(BOB, rename("Ink", "Blue ink"))

    response = take_back(client, made, **key)

    undone = last_set()
    [ink] = Item.objects.all()
    assert response.status_code == 200
    [kept] = response.json()["kept"]
    assert response.json() == {
        "change_set": undone.pk,
        "removed": 2,
        "changed": 0,
        "restored": 0,
        "already_back": 0,
        "kept_count": 1,
        "kept": [kept],
    }
    made_at = ChangeSet.objects.get(pk=edited).made_at
    assert datetime.fromisoformat(kept.pop("made_at")) == made_at
    assert kept == {
        "item_id": ink.pk,
        "name": "Blue ink",
        "change_set": edited,
        "who": "bob",
        "way": "json",
        "kind": "changed",
    }
    assert (undone.way, undone.who, undone.detail) == ("json", "ada", "nightly")
    assert (undone.undoes_id, undone.deleted) == (made, 2)


def test_visitors_see_no_names_among_what_is_kept(client):
    made = changed_by(ADA, add("Book"))
    changed_by(BOB, rename("Book", "Tome"))

    [kept] = take_back(client, made).json()["kept"]

    assert (kept["name"], kept["who"]) == ("Tome", None)


def test_a_dry_run_changes_nothing(client):
    made = changed_by(ADA, add("Book", "Pen"))
    changed_by(BOB, rename("Pen", "Ink"))
    last = last_set()

    told = take_back(client, made, query="?dry_run=1").json()

    assert (told["change_set"], told["removed"], told["kept_count"]) == (None, 1, 1)
    assert told["kept"][0]["name"] == "Ink"
    assert last_set() == last
    assert Item.objects.count() == 2


def test_the_second_undo_names_the_first(client):
    made = changed_by(ADA, add("Book"))

    first = take_back(client, made).json()
    next_transaction()
    second = take_back(client, made).json()

    assert (first["removed"], second["removed"], second["already_back"]) == (1, 0, 1)
    assert second["change_set"] == first["change_set"] == last_set().pk


@pytest.mark.parametrize(
    "body", [pytest.param(None, id="nothing"), "{}", pytest.param("", id="empty")]
)
def test_without_items_all_is_taken_back(client, body):
    made = changed_by(ADA, add("Book", "Pen"))

    assert take_back(client, made, body).json()["removed"] == 2


def test_json_knows_one_kind_of_number(client):
    made = changed_by(ADA, add("Book", "Pen"))
    pen = Item.objects.get(name="Pen").pk

    assert take_back(client, made, f'{{"items": [{pen}.0]}}').json()["removed"] == 1
    assert Item.objects.get().name == "Book"


def test_restores_one_of_many_and_then_the_rest(client):
    changed_by(ADA, add(*(f"Book {n}" for n in range(50))))
    before = set(Item.objects.values_list("id", "name", "created_at"))
    one = Item.objects.latest("id").pk
    deleted = changed_by(ADA, delete_all)

    first = take_back(client, deleted, {"items": [one, 2**63 - 1]}).json()
    next_transaction()
    rest = take_back(client, deleted).json()

    assert (first["restored"], first["kept_count"]) == (1, 0)
    assert (rest["restored"], rest["already_back"]) == (49, 1)
    assert set(Item.objects.values_list("id", "name", "created_at")) == before


def test_an_undo_is_undone(client):
    changed_by(ADA, add("Book"))
    pk = changed_by(ADA, rename("Book", "Tome"))

    for name in ("Book", "Tome", "Book"):
        pk = take_back(client, pk).json()["change_set"]
        next_transaction()
        assert Item.objects.get().name == name


def test_tells_what_is_kept_because_it_was_erased(client):
    changed_by(ADA, add("secret"))
    renamed = changed_by(ADA, rename("secret", "Book"))
    erase(Item.objects.get().pk, 2)

    [kept] = take_back(client, renamed).json()["kept"]

    assert (kept["change_set"], kept["is_erased"]) == (renamed, True)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("[]", [""]),
        ("null", [""]),
        ('{"item": 1}', ["/item"]),
        ('{"items": 1}', ["/items"]),
        ('{"items": null}', ["/items"]),
        ('{"items": []}', ["/items"]),
        (json.dumps({"items": [1] * 1001}), ["/items"]),
        (
            '{"items": [1, "2", 0, true, 1.5, 9223372036854775808]}',
            [f"/items/{n}" for n in "12345"],
        ),
    ],
)
def test_refuses_items_that_are_none(client, body, pointers):
    made = changed_by(ADA, add("Book"))

    errors = problem(take_back(client, made, body), 422)["errors"]

    assert [error["pointer"] for error in errors] == pointers
    assert Item.objects.exists()


@pytest.mark.parametrize(
    "query", ["?dry_run=true", "?dry_run=", "?dryrun=1", "?dry_run=1&dry_run=0"]
)
def test_a_dry_run_that_is_mistyped_changes_nothing(client, query):
    made = changed_by(ADA, add("Book"))

    problem(take_back(client, made, query=query), 400)

    assert Item.objects.exists()


def test_a_form_is_no_undo(client):
    made = changed_by(ADA, add("Book"))

    problem(client.post(f"/changes/{made}/undo/", {"items": "1"}), 415)

    assert Item.objects.exists()


@pytest.mark.parametrize(("error", "status"), [(Busy, 503), (TooLong, 409)])
def test_says_if_it_is_busy_or_takes_too_long(client, monkeypatch, error, status):
    def failing(*arguments, **options):
        raise error

    monkeypatch.setattr("items.api.changes.undo", failing)

    response = take_back(client, changed_by(ADA, add("Book")))

    assert "Nothing was undone." in problem(response, status)["detail"]
    assert response.has_header("Retry-After") == (status == 503)
