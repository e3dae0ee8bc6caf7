"""The rules of an item hold in the database too, and the same way."""

import re
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction

from items.models import ApiKey, Item, rules

pytestmark = pytest.mark.django_db

BROKEN = [
    pytest.param({"name": ""}, "item_name_visible", id="empty"),
    pytest.param({"name": "\u200b"}, "item_name_visible", id="invisible"),
    pytest.param({"name": "\u061c"}, "item_name_visible", id="Arabic letter mark"),
    pytest.param({"name": "\U000e0041\U000e0042"}, "item_name_visible", id="tags"),
    pytest.param({"name": " x"}, "item_name_trimmed", id="space before"),
    pytest.param({"name": "x\u3000"}, "item_name_trimmed", id="space behind"),
    pytest.param({"name": "a\tb"}, "item_name_one_line", id="control character"),
    pytest.param({"name": "x", "description": "d" * 10_001}, "item_description_length", id="long"),
]

# Only psql can send these.
ODD = [
    pytest.param("description", r"E'a\r\nb'", "item_description_line_ends", id="CR"),
    pytest.param("updated_at", "'infinity'", "item_times", id="infinity"),
    pytest.param("created_at", "'-infinity'", "item_times", id="minus infinity"),
    pytest.param("updated_at", "'4000-01-01 BC'", "item_times", id="BC"),
    pytest.param("created_at", "'12026-01-01'", "item_times", id="year of five digits"),
    pytest.param("id", "0", "item_numbers", id="id 0"),
    pytest.param("version", "-1", "item_numbers", id="negative version"),
]


@pytest.mark.parametrize(("column", "value", "constraint"), ODD)
def test_the_database_refuses_what_no_page_can_show(column, value, constraint):
    sql = f"INSERT INTO items_item (name, {column}) VALUES ('x', {value})"

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute(sql)

    assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize("column", ["created_at", "expires_at", "revoked_at", "last_used_at"])
def test_the_times_of_a_key_have_an_end(django_user_model, column):
    user = django_user_model.objects.create(username="ada")
    ApiKey(user=user, name="script").issue()

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        connection.cursor().execute(f"UPDATE items_apikey SET {column} = 'infinity'")

    assert caught.value.__cause__.diag.constraint_name == "api_key_times"


@pytest.mark.parametrize(("fields", "constraint"), BROKEN)
def test_the_database_refuses_what_goes_around_the_form(fields, constraint):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Item.objects.create(**fields)

    assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize(("fields", "constraint"), BROKEN)
def test_the_model_refuses_it_too_and_asks_nobody(fields, constraint, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(ValidationError):
        Item(**fields).full_clean()


def test_the_database_refuses_a_long_name():
    with pytest.raises(DataError), transaction.atomic():
        Item.objects.create(name="n" * 201)


@pytest.mark.parametrize("pattern", ["NAME_VISIBLE", "UNTRIMMED", "BREAKS_LINE"])
def test_both_engines_read_a_pattern_alike(pattern):
    regex = getattr(rules, pattern)
    characters = [chr(n) for n in range(1, sys.maxunicode + 1) if not 0xD800 <= n < 0xE000]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(c ~ %s ORDER BY n)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS character (c, n)",
            [regex, characters],
        )
        (theirs,) = cursor.fetchone()

    ours = [re.search(regex, character) is not None for character in characters]
    assert ours == theirs


def test_space_is_what_strip_removes():
    characters = [chr(n) for n in range(1, sys.maxunicode + 1)]

    assert [c for c in characters if re.match(f"[{rules.SPACE}]", c)] == [
        c for c in characters if not c.strip()
    ]


def test_psql_and_bulk_updates_count_as_changes():
    item = Item.objects.create(name="x")

    Item.objects.update(name="y")
    Item.objects.update(name="y")  # changes nothing

    before = item.updated_at
    item.refresh_from_db()
    assert item.version == 2
    assert item.updated_at > before


@pytest.mark.parametrize(
    "words",
    ["cafe", "CAFÉ", "strasse", "ook", "äß boo", "book ca", "cafe\u0301", "50%", "a_b", "\\"],
)
def test_matching_folds_case_and_accents(words):
    Item.objects.create(name="Café Straße", description="a Book of 50% a_b \\ ÄSS")
    Item.objects.create(name="other", description="axb 500")

    assert [item.name for item in Item.objects.matching(*words.split())] == ["Café Straße"]
