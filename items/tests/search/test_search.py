"""Finding by words: what matches, in which order, and by which index."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis.strategies import data, integers, lists, sampled_from

from items.database.sql import TooLong
from items.models import Item
from items.search import near_misses, ranking
from items.search.keyset import read_page
from items.search.near_misses import read_close
from items.search.selection import Selection
from items.search.sorting import ORDERS
from items.search.words import Search
from items.tests.search.walks import make, walk

pytestmark = pytest.mark.django_db

BEST = ["Book", "book", "Book shelf", "bookmark", "old book", "a BÖÖK", "pen", "ink"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("cafe\u0301", True),
        ("strasse", True),
        ("ook", True),
        ("äß boo", True),
        ("book ca", True),
        ("tee", False),
        ("50%", True),
        ("5%0", False),
        ("a_b", True),
        ("a_c", False),
        ("\\", True),
        ("bo", True),  # two letters: the beginning of a word
        ("ok", False),
        ("b", True),
        ("k", False),
        ("a+", True),
        ("書", True),
    ],
)
def test_finds_parts_of_words_whatever_case_and_accents(words, found):
    Item.objects.create(name="Café Straße", description="a Book of 50% a_b \\ ÄSS a+ 図書館")
    Item.objects.create(name="other", description="axb 500")

    page = read_page("name", Selection(tuple(words.split()), "best"))

    assert [row[0] for row in page.rows] == ["Café Straße"] * found
    assert Item.objects.matching(*words.split()).count() == found


@pytest.mark.parametrize(
    ("common", "walk_max"),
    [
        pytest.param(8_000, 10_000, id="gathering"),
        pytest.param(-1, 10_000, id="walking"),
        pytest.param(-1, 2, id="walking in vain"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("best", ["Book", "book", "Book shelf", "bookmark", "a BÖÖK", "old book", "ink", "pen"]),
        ("newest", BEST[::-1]),
        ("name", ["a BÖÖK", "Book", "book", "Book shelf", "bookmark", "ink", "old book", "pen"]),
    ],
)
def test_ranks_and_walks_both_ways(monkeypatch, common, walk_max, size, sort, wanted):
    monkeypatch.setattr(ranking, "COMMON", common)
    monkeypatch.setattr(ranking, "WALK_MAX", walk_max)
    make(*BEST, "other")

    pages = walk(("book",), sort, size)
    back = walk(("book",), sort, size, backwards=True)

    assert [name for page in pages for name in page] == wanted
    assert [name for page in back[::-1] for name in page] == wanted


def test_of_several_words_a_name_that_is_one_comes_early():
    make("fast book", "book case")
    Item.objects.create(name="Book", description="a fast one")
    Item.objects.create(name="slow", description="book, not fast")

    assert walk(("fast", "book"), "best", 1) == [["fast book"], ["Book"], ["slow"]]
    assert walk(("fast", "book"), "best", 1, backwards=True) == [["slow"], ["Book"], ["fast book"]]


@settings(deadline=None, max_examples=25, derandomize=True)
@given(data())
def test_what_stays_is_met_once_while_others_write(data):
    Item.objects.all().delete()
    words = data.draw(sampled_from([(), ("book",), ("o",), ("bo", "k2")]))
    sort = data.draw(sampled_from([sort for sort in ORDERS if words or sort != "best"]))
    names = data.draw(lists(sampled_from(["Book", "old book", "book k2", "pen"]), max_size=12))
    make(*names)
    stay = set(Item.objects.matching(*words).values_list("pk", flat=True))
    met, cursor = [], {}
    while True:
        page = read_page("id", Selection(words, sort, data.draw(integers(1, 4)), **cursor))
        met += [row[0] for row in page.rows]
        if not page.after:
            break
        cursor = {"after": page.after}
        make(*data.draw(lists(sampled_from(["Book", "a book", "pen"]), max_size=3)))
        gone = data.draw(lists(sampled_from(sorted(stay)), max_size=2)) if stay else []
        changed = data.draw(lists(sampled_from(sorted(stay)), max_size=2)) if stay else []
        Item.objects.filter(pk__in=gone).delete()
        Item.objects.filter(pk__in=changed).update(name="Book, changed")
        stay -= {*gone, *changed}

    assert [pk for pk in met if pk in stay] == sorted(set(met) & stay, key=met.index)
    assert stay <= set(met)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("bok", "Book"),
        ("Keybaord", "keyboard, black"),
        ("telefone", "Téléphone"),
        ("scisers", "Scissors"),
    ],
)
def test_comes_close_where_nothing_is_found(wrong, right):
    make("Book", "Board", "keyboard, black", "Téléphone", "Scissors", "table", "rope")

    rows = read_close("name", Search((wrong,)))

    assert rows[0][0] == right


def test_comparing_ends_in_time(monkeypatch):
    monkeypatch.setattr(near_misses, "CLOSE_TIMEOUT_MS", 20)
    make("Book")

    with pytest.raises(TooLong):
        read_close("pg_sleep(5)", Search(("bok",)))

    assert Item.objects.count() == 1  # the transaction goes on


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("in_item", "item_search"),
        ("in_name", "item_name_search"),
        ("name_is", "item_by_name"),
        ("name_begins", "item_by_name"),
    ],
)
@pytest.mark.parametrize("words", [("book",), ("bo",), ("50%", "straße")])
def test_the_index_is_asked(condition, index, words):
    wanted = Search(words)
    sql = f"EXPLAIN SELECT FROM items_item WHERE {getattr(wanted, condition)}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, wanted.parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert f" on {index}" in plan or f" using {index}" in plan
    assert "Index Cond" in plan


def test_a_folded_name_ends_where_the_description_begins():
    """The column `search` is the folded name, a line end and the folded description.

    Tried with every letter of the first two planes of Unicode; beyond them none has a case.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            r"""
            SELECT count(*) FROM generate_series(1, 131071) AS code
            WHERE code NOT BETWEEN 55296 AND 57343 AND chr(code) !~ '[\u0001-\u001f\u007f-\u009f]'
                AND split_part(items_fold(chr(code) || E'\n' || chr(code)), E'\n', 1)
                    <> items_fold(chr(code))
            """
        )

        assert cursor.fetchone() == (0,)
