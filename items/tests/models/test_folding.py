"""Folded texts, in Python and in PostgreSQL."""

import json
import unicodedata
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis.strategies import text

from items.models.folding import fold, fold_with_places

CASES = json.loads((Path(__file__).parents[1] / "data/folding.json").read_text())[1:]


def fold_in_database(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT items_fold(text)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS typed (text, n) ORDER BY n",
            [texts],
        )
        return [folded for (folded,) in cursor.fetchall()]


@pytest.mark.parametrize(("typed", "folded", "_why"), CASES, ids=[case[0] for case in CASES])
def test_folds_as_the_data_says(typed, folded, _why):
    assert fold(typed) == folded
    assert fold(folded) == folded


@pytest.mark.django_db
def test_the_database_folds_every_character_in_the_same_way():
    """Only of characters that both know: their versions of Unicode differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chr(code) FROM generate_series(1, 1114111) AS code"
            " WHERE code NOT BETWEEN 55296 AND 57343 AND unicode_assigned(chr(code))"
            if connection.pg_version >= 170_000
            else "SELECT chr(code) FROM generate_series(1, 64976) AS code WHERE code < 55296"
        )
        characters = [character for (character,) in cursor.fetchall()]
    characters = [c for c in characters if unicodedata.category(c) not in ("Cn", "Co")]
    characters += [typed for typed, _folded, _why in CASES if typed.isprintable()]

    folded = fold_in_database(characters)

    differing = [c for c, there in zip(characters, folded, strict=True) if there != fold(c)]
    assert differing == []
    assert fold_in_database(folded) == folded


@given(text(max_size=20))
def test_places_lead_back_to_the_text(typed):
    folded, places = fold_with_places(typed)

    assert folded == fold(typed)
    assert len(places) == len(folded)
    assert all(0 <= start < end <= len(typed) for start, end in places)
    assert places == sorted(places)
