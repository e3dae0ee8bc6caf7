import pytest
from gevent.lock import BoundedSemaphore

from items.database import heavy_reads, snapshot_cache
from items.models import Item

HEAVY = {
    "a search": ("/items/?q=book", "text/html"),
    "a search by a script": ("/items/?q=book", "application/json"),
    "a deletion of all that match": ("/items/delete/?q=book&all=1", "text/html"),
}


@pytest.fixture
def slots(monkeypatch):
    """The slots of a worker with a single one."""
    slots = BoundedSemaphore(1)
    monkeypatch.setattr(heavy_reads, "_slots", lambda: slots)
    monkeypatch.setattr(heavy_reads, "is_gevent", lambda: True)
    monkeypatch.setattr(heavy_reads, "WAIT_SECONDS", 0)
    yield slots
    snapshot_cache.SNAPSHOTS.close()  # or the test database could not be dropped


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("address", "accept"), HEAVY.values(), ids=HEAVY)
def test_a_heavy_read_waits_for_a_slot(client, slots, settings, address, accept):
    settings.VISITORS_MAY = ["view", "delete"]
    item = Item.objects.create(name="Book")
    slots.acquire()

    refused = client.get(address, headers={"Accept": accept})
    quick = client.get(f"/items/{item.id}/")
    slots.release()
    answered = client.get(address, headers={"Accept": accept})

    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert quick.status_code == 200
    assert answered.status_code == 200
    assert slots.counter == 1


@pytest.mark.django_db(transaction=True)
def test_an_exact_count_waits_too(client, slots):
    slots.acquire()

    counted = client.get("/items/", headers={"Prefer": "count=exact"})
    plain = client.get("/items/")

    assert (counted.status_code, plain.status_code) == (503, 200)
