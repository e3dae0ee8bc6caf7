"""POST /items/import/: what it answers, and what a script can choose."""

import json

import pytest
from django.contrib.auth.models import User

from items.models import ApiKey, ChangeSet, Item
from items.tests.api.test_json import problem

pytestmark = pytest.mark.django_db


def post(client, content, query="", **headers):
    return client.generic("POST", f"/items/import/{query}", content, "text/csv", headers=headers)


def names():
    return list(Item.objects.order_by("id").values_list("name", flat=True))


def test_a_file_is_imported_and_reported(client):
    response = post(client, "name,description\nBook,cool\n,nothing\n")

    assert response.status_code == 200
    told = response.json()
    assert told["counts"] == {"new": 1, "wrong": 1}
    assert told["imported"] == {"new": 1, "changed": 0}
    assert told["change_set"] == ChangeSet.objects.latest("id").pk
    assert told["read"]["columns"] == {"name": "name", "description": "description"}
    assert told["rows"][1]["errors"] == [
        {"column": "name", "code": "required", "detail": "This field is required."}
    ]
    assert names() == ["Book"]


def test_a_dry_run_changes_nothing(client):
    told = post(client, "name\nBook\n", "?dry_run=1").json()

    assert (told["counts"], told["imported"], told["change_set"]) == ({"new": 1}, None, None)
    assert names() == []


def test_an_unknown_column_is_refused_with_what_to_do(client):
    response = post(client, "name,price\nBook,3\n")

    assert response.status_code == 422
    assert "price" in response.json()["detail"]
    assert "?other_columns=keep or ?other_columns=leave" in response.json()["detail"]
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "after"),
    [
        ("?close=leave", ["Book"]),
        ("?close=add", ["Book", "BOOK"]),
        ("?close=change", ["BOOK"]),
    ],
)
def test_what_looks_like_an_item_is_what_the_script_chose(client, query, after):
    Item.objects.create(name="Book")

    post(client, "name\nBOOK\n", query)

    assert names() == after


def test_ids_of_another_list_can_be_added_as_new(client):
    content = "id,name\n71,Book\n"

    assert post(client, content).json()["counts"] == {"wrong": 1}
    assert post(client, content, "?unknown_ids=add").json()["counts"] == {"new": 1}


def test_the_first_line_can_be_a_row(client):
    post(client, "Kram\nZeug\n", "?header=absent")

    assert names() == ["Kram", "Zeug"]


def test_a_paste_is_read_as_one(client):
    told = post(client, "Nails, 3 inch\nTape; wide\n", "?paste=1").json()

    assert [row["name"] for row in told["rows"]] == ["Nails, 3 inch", "Tape; wide"]


@pytest.mark.parametrize(
    "query", ["?close=often", "?dry_run=yes", "?what=1", "?close=add&close=add", "?header=x"]
)
def test_a_wrong_parameter_is_refused(client, query):
    assert post(client, "name\nBook\n", query).status_code == 400
    assert names() == []


def test_a_file_that_cannot_be_read_is_a_problem(client):
    response = post(client, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    assert problem(response, 422)["detail"].startswith("This is a picture (PNG)")


def test_a_packed_body_is_refused(client):
    assert post(client, b"x", **{"Content-Encoding": "gzip"}).status_code == 415


def test_a_page_of_another_site_cannot_import(client):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert post(client, "name\nBook\n", **headers).status_code == 403
    assert post(client, "name\nBook\n", Origin="http://testserver").status_code == 200


def test_who_may_only_change_cannot_add(client, settings):
    settings.VISITORS_MAY = ["view", "change"]
    Item.objects.create(name="Book", description="old")

    told = post(client, "name,description\nBook,new\nPen,\n").json()

    assert told["counts"] == {"changed": 1, "wrong": 1}
    assert told["rows"][1]["errors"][0]["code"] == "may_not_add"


@pytest.mark.parametrize("may", [["add", "change"], ["view"], ["view", "delete"]])
def test_without_the_rights_nothing_is_read(client, settings, may):
    settings.VISITORS_MAY = may

    assert post(client, "name\nBook\n").status_code == 401


def test_rows_count_as_writes_of_a_visitor(client, settings):
    settings.VISITOR_WRITES_PER_MINUTE = 3
    four = "name\n" + "".join(f"Item {n}\n" for n in range(4))

    assert post(client, four).status_code == 429
    assert names() == []
    assert post(client, four, "?dry_run=1").status_code == 200


def test_an_import_by_key_is_recorded_with_its_name(client):
    key = ApiKey(user=User.objects.create_superuser("ada"), name="nightly")

    response = post(client, "name\nBook\n", Authorization=f"Bearer {key.issue()}")

    made = ChangeSet.objects.latest("id")
    assert response.status_code == 200
    assert (made.way, made.who, made.detail) == ("import", "ada", "nightly")


def test_json_objects_are_rows_too(client):
    body = json.dumps([{"name": "Book"}, {"name": 3}])

    response = client.generic("POST", "/items/import/", body, "application/json")

    assert response.json()["counts"] == {"new": 1, "wrong": 1}


def test_a_form_is_refused_because_its_frame_would_be_rows(client):
    body = '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nBook\r\n--x--\r\n'

    response = post(client, body, **{"Content-Type": "multipart/form-data; boundary=x"})

    assert "--data-binary @list.csv" in problem(response, 415)["detail"]
    assert not Item.objects.exists()
