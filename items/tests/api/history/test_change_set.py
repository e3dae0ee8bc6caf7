"""One change set over JSON."""

import pytest
from django.test import Client

from items.changes.upkeep import erase, prune
from items.models import Item
from items.tests.api.calls import links, problem, take_back
from items.tests.changes.history import (
    ADA,
    BOB,
    add,
    changed_by,
    delete_all,
    last_set,
    rename,
)

pytestmark = pytest.mark.django_db


def test_shows_old_and_new(client):
    changed_by(ADA, lambda: Item.objects.create(name="Book", description="Blue"))
    changed_by(ADA, add("Pen"))
    renamed = changed_by(BOB, rename("Book", "<Tome> \u202e"))
    item = Item.objects.earliest("id")

    response = client.get(f"/changes/{renamed}/")

    listed = client.get("/changes/?limit=1").json()[0]
    change = {"field": "name", "old": "Book", "new": "<Tome> \u202e"}
    assert response.json() == listed | {
        "changes": [{"item_id": item.pk, "version": 2, "kind": "changed", "fields": [change]}]
    }
    assert "Link" not in response


def test_shows_what_was_added_and_deleted(client):
    added = changed_by(ADA, add("Book"))
    deleted = changed_by(ADA, delete_all)

    [first] = client.get(f"/changes/{added}/").json()["changes"]
    [last] = client.get(f"/changes/{deleted}/").json()["changes"]

    assert (first["kind"], last["kind"]) == ("added", "deleted")
    assert first["fields"] == [{"field": "name", "old": None, "new": "Book"}]
    assert last["fields"] == [{"field": "name", "old": "Book", "new": None}]


def test_says_what_was_erased(client):
    changed_by(ADA, add("secret"))
    renamed = changed_by(ADA, rename("secret", "Book"))
    erase(Item.objects.get().pk, 2)

    [change] = client.get(f"/changes/{renamed}/").json()["changes"]

    erased = {"field": "name", "old": None, "new": "Book", "is_erased": True}
    assert change["fields"] == [erased]


def test_pages_through_a_large_one(client):
    made = changed_by(ADA, add(*(f"Book {n}" for n in range(25))))
    url, met = f"/changes/{made}/?limit=10", []

    while url:
        response = client.get(url)
        met.append([change["item_id"] for change in response.json()["changes"]])
        url = links(response).get("next")

    assert [len(page) for page in met] == [10, 10, 5]
    assert [pk for page in met for pk in page] == list(
        Item.objects.order_by("id").values_list("id", flat=True)
    )


@pytest.mark.parametrize("query", ["after=1", "after=1-x", "after=0-1", "before=1-1", "limit=x"])
def test_one_refuses_wrong_parameters(client, query):
    problem(client.get(f"/changes/{changed_by(ADA, add('Book'))}/?{query}"), 400)


@pytest.mark.parametrize("call", [Client.get, take_back])
def test_what_never_was_or_was_pruned_is_not_found(client, call):
    pruned = changed_by(ADA, add("Book"))
    changed_by(ADA, add("Pen"))
    list(prune(last_set().made_at))

    for pk in (pruned - 1, 2**63 - 1):
        response = call(client, f"/changes/{pk}/" if call is Client.get else pk)
        assert problem(response, 404)["detail"] == f"There is no change set {pk}."
