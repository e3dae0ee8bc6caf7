"""Arrays, conditional requests and retries over JSON."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from items.models import Item, StoredAnswer
from items.search.keyset import page_sql
from items.search.sorting import named
from items.tests.api.calls import problem, send

pytestmark = pytest.mark.django_db


# Arrays


def test_makes_all_items_of_an_array_in_order(client, django_assert_num_queries):
    fields = [{"name": f"item {n}", "description": "x"} for n in range(1000)]

    with django_assert_num_queries(1):
        made = send(client, "POST", "/items/", fields)

    assert made.status_code == 201
    assert [item["name"] for item in made.json()] == [item["name"] for item in fields]
    assert [item["id"] for item in made.json()] == list(
        Item.objects.order_by("id").values_list("id", flat=True)
    )


def test_names_every_error_and_makes_none(client):
    fields = [{"name": "good"}, {"name": " "}, 7, {"name": "x", "price": 1}, {"description": "d"}]

    errors = problem(send(client, "POST", "/items/", fields), 422)["errors"]

    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/1/name", "required"),
        ("/2", "type"),
        ("/3/price", "unknown"),
        ("/4/name", "required"),
    ]
    assert not Item.objects.exists()


@pytest.mark.parametrize("count", [0, 1001])
def test_takes_1_to_1000_at_a_time(client, count):
    body = problem(send(client, "POST", "/items/", [{"name": "x"}] * count), 422)

    assert "1 to 1,000" in body["detail"]
    assert not Item.objects.exists()


# ETag, If-Match, If-None-Match

# As nginx, Apache, Jetty and Caddy write the ETag of an answer that they compress.
MARKED_ON_THE_WAY = [
    *('W/"1"', '"1-gzip"', '"1;gzip"', '"1--gzip"', '"1-br"', '"1-zstd"'),
    *('"1-deflate"', 'W/"1-gzip"', '"1-gzip-gzip"', '"7", "1-gzip"'),
]


def test_every_single_item_has_an_etag(client, item):
    made = send(client, "POST", "/items/", {"name": "Pen"})
    read = client.get(made["Location"])
    changed = send(client, "PATCH", made["Location"], {"name": "Quill"})
    replaced = send(client, "PUT", made["Location"], {"name": "Plume"})

    assert made["ETag"] == read["ETag"] == '"1"'
    assert changed["ETag"] == '"2"'
    assert replaced["ETag"] == '"3"'


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        *(('"1"', 200), ("*", 200), ('"7", "1"', 200)),
        *((etag, 200) for etag in MARKED_ON_THE_WAY),
        *(('"2"', 412), ('W/"2-gzip"', 412), ('"1-"', 412), ('"1-gz"', 412), ("1", 412)),
        *(('"10"', 412), ('"11-gzip"', 412), ('"-gzip"', 412), ("junk", 412), ("", 412)),
    ],
)
def test_if_match_refuses_what_is_stale(client, item, method, if_match, status):
    path = f"/items/{item.id}/"

    response = send(client, method, path, {"name": "Tome"}, **{"If-Match": if_match})

    if status == 412:
        detail = problem(response, 412)["detail"]
        assert f'If-Match is {if_match}, but the ETag of the item is now "1".' in detail
        assert response["ETag"] == '"1"'
        assert Item.objects.get().name == "Book"
    else:
        assert response.status_code == (204 if method == "DELETE" else 200)


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [('"1"', 304), ("*", 304), *((etag, 304) for etag in MARKED_ON_THE_WAY), ('"2"', 200)],
)
def test_if_none_match_spares_the_body(client, item, if_none_match, status):
    response = client.get(f"/items/{item.id}/", headers={"If-None-Match": if_none_match})

    assert response.status_code == status
    assert response["ETag"] == '"1"'
    assert bool(response.content) is (status == 200)
    assert int(response["Content-Length"]) == len(client.get(f"/items/{item.id}/").content)


# Idempotency-Key


def keyed(client, body, key="8e03978e-40d5"):
    return send(client, "POST", "/items/", body, **{"Idempotency-Key": key})


@pytest.mark.parametrize("body", [{"name": "Book"}, [{"name": "Book"}]], ids=["object", "array"])
def test_the_same_key_gets_the_same_answer(client, body):
    first, second = keyed(client, body), keyed(client, body)

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    for header in ("Location", "ETag", "Content-Type"):
        assert first.get(header) == second.get(header)
    assert Item.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(client):
    keyed(client, {"name": "Book"})

    problem(keyed(client, {"name": "Pen"}), 422)
    assert Item.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(client):
    problem(keyed(client, {"name": ""}), 422)

    assert keyed(client, {"name": "Book"}).status_code == 201


def test_a_quoted_key_is_the_same_key(client):
    keyed(client, {"name": "Book"}, "abc")

    assert keyed(client, {"name": "Book"}, '"abc"')["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", '""', "a b", "é", "x" * 256, '"open'])
def test_refuses_a_key_that_is_none(client, key):
    problem(keyed(client, {"name": "Book"}, key), 400)

    assert not Item.objects.exists()


def test_a_key_costs_two_queries_more(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        send(client, "POST", "/items/", {"name": "Book"})
    with django_assert_num_queries(3 + 2):  # the savepoint of the test's transaction is two
        keyed(client, {"name": "Book"})


def test_a_key_is_forgotten_after_a_day(client):
    keyed(client, {"name": "Book"})
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    again = keyed(client, {"name": "Pen"})

    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again
    assert keyed(client, {"name": "Pen"})["Idempotency-Replayed"] == "true"
    assert Item.objects.count() == 2


def test_old_answers_are_swept_by_new_ones(client):
    for n in range(30):
        keyed(client, {"name": "Book"}, f"key-{n}")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(days=2))

    keyed(client, {"name": "Book"}, "new-1")
    keyed(client, {"name": "Book"}, "new-2")

    assert sorted(StoredAnswer.objects.values_list("key", flat=True)) == ["new-1", "new-2"]


def test_the_answer_is_in_the_transaction_of_the_write(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("items.access.idempotency.Claim.store", lambda *_: 1 / 0)

    response = keyed(client, {"name": "Book"})

    assert response.status_code == 500
    assert not Item.objects.exists()
    assert not StoredAnswer.objects.exists()


def test_the_orders_are_read_from_indexes():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for sort, index in [("name", "item_by_natural_name"), ("changed", "item_by_change")]:
            Item.objects.bulk_create(Item(name=f"{sort} {n}") for n in range(5))
            position = named(["x", 5] if sort == "name" else [timezone.now(), 5])
            cursor.execute(f"EXPLAIN {page_sql('name', sort, True, False, 2)}", position)
            plan = "\n".join(line for (line,) in cursor.fetchall())

            assert f"using {index}" in plan
            assert "Index Cond: (ROW" in plan


def test_json_is_written_by_postgresql_alike(client):
    body = {"name": 'quotes " \\ / é 😀', "description": "tab\t end\n \x7f \u2028"}

    made = send(client, "POST", "/items/", body)

    assert {key: made.json()[key] for key in body} == {
        "name": body["name"],
        "description": body["description"],
    }
    assert json.loads(client.get("/items/").content)[0] == made.json()
