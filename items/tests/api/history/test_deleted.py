"""The address of a deleted item: 410, and how to restore it."""

from datetime import datetime

import pytest

from items.changes.history import read_deletion
from items.changes.upkeep import erase, prune
from items.models import Change, Item
from items.tests.access.keys import key_of
from items.tests.api.calls import problem, send
from items.tests.changes.history import ADA, BOB, add, changed_by, delete_all, last_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def deleted():
    changed_by(ADA, add("Book"))
    item = Item.objects.get()
    changed_by(BOB, delete_all)
    return item


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_the_address_of_a_deleted_item_says_who_and_how_to_restore(client, deleted, method):
    key = key_of("ada", "Editors")

    response = send(client, method, f"/items/{deleted.pk}/", {"name": "x"}, **key)

    deletion = read_deletion(deleted.pk)
    body = problem(response, 410)
    undo_path = f"/changes/{deletion.change_set_id}/undo/"
    assert datetime.fromisoformat(body["deleted_at"]) == deletion.made_at
    assert (body["who"], body["undo"], body["title"]) == ("bob", undo_path, "Gone")
    assert f"at {deletion.made_at:%H:%M:%S} (UTC) by bob." in body["detail"]
    assert f'POST {{"items": [{deleted.pk}]}} to {undo_path}.' in body["detail"]
    assert send(client, "POST", body["undo"], {"items": [deleted.pk]}, **key).status_code == 200
    assert client.get(f"/items/{deleted.pk}/").json()["name"] == "Book"


def test_visitors_are_not_told_who_deleted_it(client, deleted):
    response = client.get(f"/items/{deleted.pk}/")

    assert problem(response, 410)["who"] is None
    assert "bob" not in response.text
    assert client.head(f"/items/{deleted.pk}/").status_code == 410


def test_without_the_right_to_view_a_deleted_item_is_not_there(client, deleted, settings):
    settings.VISITORS_MAY = ["change", "delete"]

    problem(client.get(f"/items/{deleted.pk}/"), 401)
    problem(client.delete(f"/items/{deleted.pk}/"), 404)
    problem(send(client, "PUT", f"/items/{deleted.pk}/", {"name": "x"}), 404)


def test_a_deletion_that_was_pruned_is_not_found(client, deleted):
    changed_by(ADA, add("Pen"))
    list(prune(last_set().made_at))

    problem(client.get(f"/items/{deleted.pk}/"), 404)


def test_an_erased_item_cannot_be_restored(client, deleted):
    erase(deleted.pk, Change.objects.get(kind="d").version)

    body = problem(client.get(f"/items/{deleted.pk}/"), 410)

    assert "cannot be restored" in body["detail"]
    assert body["undo"] is None
