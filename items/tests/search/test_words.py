"""Which words are looked for, of what was typed."""

import pytest

from items.models import Item
from items.search import near_misses
from items.search.keyset import read_page
from items.search.near_misses import read_close
from items.search.selection import Selection
from items.search.words import Search, read_words
from items.tests.search.walks import make, walk

pytestmark = pytest.mark.django_db


def test_ten_words_count():
    assert read_words(" a  b\ta " + " ".join("cdefghijkl")) == tuple("abcdefghij")
    make("+-*", "!!")

    assert read_close("name", Search(("+-*/",))) == [("+-*",)]


def test_signs_alone_are_compared_by_no_trigrams(monkeypatch):
    monkeypatch.setattr(near_misses, "OTHER_WAYS", [lambda *args: pytest.fail("too slow")])

    assert read_close("name", Search(("%_';--",))) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hammer, large", ("hammer", "large")),
        ("hammer , large", ("hammer", "large")),
        ("(hammer) large!", ("hammer", "large")),
        ("„hammer“ ¿large?", ("hammer", "large")),
        ("ハンマー、 大きい。", ("ハンマー", "大きい")),
        ('c++ 3/8, wi-fi #7 19" a&b', ("c++", "3/8", "wi-fi", "#7", '19"', "a&b")),
        ("1.5 e.g.", ("1.5", "e.g")),
        ("hammer - large & old / new", ("hammer", "large", "old", "new")),
        ('"hammer  large" 19', ("hammer large", "19")),
        ("nail “steel, long”.", ("nail", "steel, long")),
        ("„hammer groß“ »so groß« « très grand »", ("hammer groß", "so groß", "très grand")),
        ('19" tube 21" wide', ('19"', "tube", '21"', "wide")),
        ('"hammer" 19" "large tube', ("hammer", "19", "large", "tube")),
        ('19" tube', ('19"', "tube")),
        ("++ --", ("++", "--")),
        ("!!", ("!!",)),
        ("lamp \u0301", ("lamp",)),
        ("lamp \u200b", ("lamp",)),
        ("\u0301", ("\u0301",)),
    ],
)
def test_punctuation_around_words_is_dropped(typed, words):
    assert read_words(typed) == words


@pytest.mark.parametrize("word", ["\u0301", "\u200b", "\u00ad\ufe0f", "\u00a8"])
def test_a_word_that_folds_to_nothing_matches_nothing(word):
    make("Book with spaces", "\u0301x")
    words = read_words(word)

    assert walk(words, "best", 5) == walk(words, "newest", 5) == [[]]
    assert not Item.objects.matching(*words).exists()
    assert [row[0] for row in read_page("name", Selection((word, "book"), "newest")).rows] == []


def test_a_name_typed_with_its_punctuation_comes_first():
    make("Lamp (red)", "red lamp", "lamp red")
    typed = "lamp (RED)"

    page = read_page("name", Selection(read_words(typed), "best", typed=typed))

    assert page.rows[0][0] == "Lamp (red)"
    assert len(page.rows) == 3


@pytest.mark.parametrize("text", ["shelf 12,", "Shelf 12 .", "shelf 12"])
def test_punctuation_at_the_end_does_not_hide_the_best_match(client, text):
    for name in ("Shelf 12", "Shelf 120", "Shelf 12a"):
        Item.objects.create(name=name)

    found = client.get("/items/", {"q": text, "sort": "best"}).json()

    assert found[0]["name"] == "Shelf 12"
