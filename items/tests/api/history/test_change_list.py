"""The list of change sets over JSON."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from items.changes.recording import Author
from items.changes.undo import undo
from items.models import ChangeSet, Item
from items.tests.access.keys import key_of
from items.tests.api.calls import ids, links, problem
from items.tests.changes.history import (
    ADA,
    BOB,
    add,
    changed_by,
    last_set,
    rename,
)

pytestmark = pytest.mark.django_db
FILE = Author("import", 2, "bob", "bobs-list.csv")
WORK = Author("command", 0, "", "tidy")
DATABASE = Author("database", 0, "postgres", "psql")


@pytest.fixture
def key():
    return key_of("ada", "Editors")


def test_lists_the_newest_first(client, key):
    made = changed_by(ADA, add("Book", "Pen"))
    renamed = changed_by(BOB, rename("Pen", "Ink"))
    undone = undo(renamed, ADA).change_set_id

    newest, middle, oldest, start = client.get("/changes/", headers=key).json()

    book, pen = Item.objects.order_by("id")
    assert re.fullmatch(r"2.{9}T.{8}\.\d{6}Z", newest["made_at"])
    assert datetime.fromisoformat(newest.pop("made_at")) == last_set().made_at
    assert newest == {
        "id": undone,
        "way": "page",
        "who": "ada",
        "detail": None,
        "undoes": renamed,
        "undone_by": None,
        "added": 0,
        "changed": 1,
        "deleted": 0,
        "item": {"id": pen.pk, "name": "Pen"},
    }
    assert (middle["who"], middle["detail"], middle["undone_by"]) == ("bob", "script", undone)
    assert (oldest["id"], oldest["added"]) == (made, 2)
    assert oldest["item"] == {"id": book.pk, "name": "Book"}
    assert (start["way"], start["item"]) == ("start", None)


def test_names_of_people_are_told_to_keys_alone(client, key):
    made = [changed_by(author, add("Book")) for author in (ADA, BOB, FILE, WORK, DATABASE)]

    def told(**headers):
        rows = client.get("/changes/?limit=5", headers=headers).json()
        assert [row["id"] for row in rows] == made[::-1]
        return [(row["who"], row["detail"]) for row in rows[::-1]]

    assert told() == [(None, None), (None, None), (None, None), (None, "tidy"), (None, None)]
    assert told(**key) == [
        ("ada", None),
        ("bob", "script"),
        ("bob", "bobs-list.csv"),
        (None, "tidy"),
        ("postgres", "psql"),
    ]


def test_filters_by_way_user_and_day(client, key):
    by_ada, by_bob, by_file = (changed_by(who, add("Book")) for who in (ADA, BOB, FILE))
    ChangeSet.objects.update(made_at=F("made_at") - timedelta(days=9))
    by_visitor = changed_by(Author("page"), add("Book"))
    made_at = ChangeSet.objects.get(pk=by_ada).made_at.astimezone(UTC)

    def found(query):
        return ids(client.get(f"/changes/?{query}", headers=key))

    assert found("way=json") == [by_bob]
    assert found("user=2") == [by_file, by_bob]
    assert found("user=2&way=import") == [by_file]
    assert found("user=0&way=page") == [by_visitor]
    assert found(f"day={made_at:%Y-%m-%d}&user=1&way=page") == [by_ada]
    assert found("user=99999999999&way=page") == found("day=2001-01-01") == []
    assert found("day=9999-12-31") == found("day=0001-01-01") == []


def test_a_day_is_one_in_utc(client, settings):
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead
    made = changed_by(ADA, add("Book"))
    ChangeSet.objects.filter(pk=made).update(made_at=datetime(2101, 2, 3, 23, 59, tzinfo=UTC))

    assert ids(client.get("/changes/?day=2101-02-03")) == [made]
    assert ids(client.get("/changes/?day=2101-02-04")) == []


@pytest.mark.parametrize("query", ["limit=2", "limit=2&way=page"])
def test_pages_forth_and_back(client, query):
    made = [changed_by(ADA, add("Book")) for _ in range(5)]
    if "way" not in query:
        made.insert(0, ChangeSet.objects.earliest("id").pk)

    first = client.get(f"/changes/?{query}")
    second = client.get(links(first)["next"])
    third = client.get(links(second)["next"])
    back = client.get(links(third)["prev"])

    assert links(first)["next"].startswith(f"/changes/?{query}&after=")
    assert ids(first) + ids(second) + ids(third) == made[::-1]
    assert (list(links(first)), list(links(third))) == (["next"], ["prev"])
    assert back.json() == second.json()
    assert client.get(links(back)["prev"]).json() == first.json()


def test_pages_without_repeats_while_others_write(client):
    before = {changed_by(ADA, add(f"Book {n}")) for n in range(300)}
    url, met = "/changes/?limit=7", []

    while url:
        response = client.get(url)
        met += ids(response)
        changed_by(BOB, rename(f"Book {len(met)}", "Tome"))
        url = links(response).get("next")

    assert len(met) == len(set(met))
    assert before <= set(met)
    assert met == sorted(met, reverse=True)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("offset=1", "The parameter offset does not exist."),
        ("way=json&way=page", "way was sent twice."),
        ("way=telepathy", "way must be one of: page, json,"),
        ("way=", "way must be"),
        ("day=2026-02-30", "day must be a date, such as 2026-11-26."),
        ("day=20261126", "day must be"),
        ("day=2026-W01-1", "day must be"),
        ("day=٢٠٢٦-11-26", "day must be"),
        ("day=", "day must be"),
        ("limit=0", "limit must be"),
        ("limit=1001", "limit must be"),
        ("after=x", "after is wrong. Copy it from the Link header."),
        ("after=", "after is wrong."),
        ("before=0", "before is wrong."),
        ("before=9223372036854775808", "before is wrong."),
        ("after=1&before=2", "not both"),
    ],
)
def test_refuses_parameters_and_names_them(client, query, sentence):
    assert sentence in problem(client.get(f"/changes/?{query}"), 400)["detail"]


@pytest.mark.parametrize("user", ["ada", "-1", "", "00", "9" * 20])
def test_refuses_a_user_that_is_none(client, key, user):
    response = client.get(f"/changes/?user={user}", headers=key)

    assert "user must be the number" in problem(response, 400)["detail"]


def test_only_a_key_asks_for_a_user(client):
    response = client.get("/changes/?user=1")

    assert "API key" in problem(response, 401)["detail"]
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_the_last_cursors_of_all_are_empty_pages(client):
    assert ids(client.get(f"/changes/?before={2**63 - 1}")) == []
    assert ids(client.get("/changes/?after=1")) == []


def test_lists_in_one_query(client, django_assert_num_queries):
    changed_by(ADA, add("Book"))

    with django_assert_num_queries(1):
        client.get("/changes/")


@pytest.mark.parametrize("path", ["/changes/", "/changes/{}/", "/changes/{}/undo/"])
def test_tells_its_methods(client, path):
    path = path.format(changed_by(ADA, add("Book")))
    methods = "POST, OPTIONS" if path.endswith("undo/") else "GET, HEAD, OPTIONS"

    refused = client.delete(path)

    assert client.options(path)["Allow"] == refused["Allow"] == methods
    problem(refused, 405)
