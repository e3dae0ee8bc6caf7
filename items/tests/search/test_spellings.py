"""Words together and apart, one typing error, and what both find."""

import pytest
from django.db import connection

from items.models import Item
from items.search.near_misses import read_close
from items.search.spellings import corrections, respaced
from items.search.words import Search, read_words
from items.tests.search.walks import make, walk
from items.tests.views.rows import names

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("note book", "notebook"),
        ("notebook", "note book"),
        ("notebook", "note-book"),
        ("t shirt", "t-shirt"),
        ("open jdk 17 jdk", "openjdk-17-jdk"),
        ("python3numpy", "python3-numpy"),
        ("wi-fi", "wifi"),
    ],
)
def test_words_are_written_together_and_apart(text, other):
    assert other in respaced(text)
    assert text not in respaced(text)


@pytest.mark.parametrize(
    "wrong", ["hamemr", "hammmer", "hamer", "hammar", "ahmmer", "hammr", "hammerr", "hummer"]
)
def test_one_typing_error_is_corrected(wrong):
    assert "hammer" in corrections(wrong)


def test_letters_of_other_alphabets_are_tried():
    assert "молоток" in corrections("молаток")
    assert "σφυρι" in corrections("σφρι")


def test_of_too_many_letters_only_swaps_and_omissions_are_corrected():
    chinese = "".join(chr(0x4E00 + 64 * n) for n in range(40))  # each with 63 neighbours

    assert "цветочный горшок и молоток" in corrections("цветочный горшок и молаток")
    assert chinese[1] + chinese[0] + chinese[2:] in corrections(chinese)
    assert len(corrections(chinese)) < 80


@pytest.mark.parametrize("words", [("note", "book"), ("notebook",)])
@pytest.mark.parametrize("size", [1, 20])
def test_words_together_or_apart_rank_below_the_name_and_above_both_words(words, size):
    make("book of notes", "Old notebook", "note-book", "Notebook", "note book", "book, note")
    ranked = {
        ("note", "book"): ["note book", "note-book", "Notebook", "Old notebook"],
        ("notebook",): ["Notebook", "note book", "note-book", "Old notebook"],
    }[words]
    both = ["book, note", "book of notes"] if len(words) > 1 else []

    pages = walk(words, "best", size)
    back = walk(words, "best", size, backwards=True)

    assert [name for page in pages for name in page] == ranked + both
    assert [name for page in back[::-1] for name in page] == ranked + both


def test_every_door_finds_words_together(client):
    make("Notebook", "pen and paper")

    for sort in ("best", "newest", "name"):
        found = client.get(f"/items/?q=note+book&sort={sort}", headers={"Prefer": "count=exact"})
        assert [item["name"] for item in found.json()] == ["Notebook"]
        assert found["X-Total-Count"] == "1"
    assert b"Notebook" in b"".join(client.get("/items.csv?q=note+book"))
    page = client.get("/items/?q=note+book", headers=HTML)
    assert names(page) == ["<mark>Notebook</mark>"]


# The kinds of errors that people make, in a list where many names are alike
NAMES = (
    "Hammer, large",
    "Hammer drill",
    "Stepladder",
    "Keyboard, black",
    "Old keyboard",
    "Screwdriver",
    "Extension lead",
    "Wheelbarrow",
    "Tape",
    "Tarp",
    "Trap",
    "Pliers",
    "Plier set",
    "Label printer",
)
MISSPELLED = [
    ("hamemr", "Hammer, large"),
    ("stpeladder", "Stepladder"),
    ("kebyoard", "Keyboard, black"),
    ("kebyoard", "Old keyboard"),
    ("keyyboard", "Old keyboard"),
    ("screwdirver", "Screwdriver"),
    ("screwdriverr", "Screwdriver"),
    ("screwdrver", "Screwdriver"),
    ("screwdrivar", "Screwdriver"),
    ("wheel barrow", "Wheelbarrow"),
    ("step ladder", "Stepladder"),
    ("extensionlead", "Extension lead"),
    ("taep", "Tape"),
    ("tpae", "Tape"),
    ("tpe", "Tape"),
    ("tarpp", "Tarp"),
    ("plirs", "Pliers"),
    ("labl printer", "Label printer"),
    ("lable printre", "Label printer"),
    ("black kebyoard", "Keyboard, black"),
]


@pytest.mark.parametrize(("query", "wanted"), MISSPELLED)
def test_finds_what_was_meant(client, query, wanted):
    make(*NAMES)

    found = client.get("/items/", {"q": query, "close": "1"}).json()

    assert wanted in [item["name"] for item in found][:5]


def test_a_swap_is_closer_than_another_letter():
    make("tarn", "trap", "tap", "tars", "strap")

    rows = read_close("name", Search(("trpa",)))

    assert rows[0][0] == "trap"


def test_scripts_get_near_misses_only_on_request(client):
    make("Keyboard", "Litmus paper", "tmux", "Lamp")

    exact, close = client.get("/items/?q=kebyoard"), client.get("/items/?q=kebyoard&close=1")
    some_found = client.get("/items/?q=tmus&close=1")
    found = client.get("/items/?q=lamp&close=1")

    assert exact.json() == []
    assert [item["name"] for item in close.json()] == ["Keyboard"]
    assert close["X-Close-Matches"] == "1"
    assert [item["name"] for item in some_found.json()] == ["Litmus paper", "tmux"]
    assert some_found["X-Close-Matches"] == "1"
    assert "X-Close-Matches" not in exact
    assert "X-Close-Matches" not in found
    assert client.get("/items/?q=lamp&close=yes").status_code == 400


def test_a_page_shows_near_misses_below_the_little_that_was_found(client):
    make("Litmus paper", "tmux", "Lamp")

    page = client.get("/items/?q=tmus", headers=HTML)

    assert names(page) == ["Li<mark>tmus</mark> paper", "tmux"]
    assert page.text.index(">1 item<") < page.text.index("Did you mean:")
    assert "Did you mean:" not in client.get("/items/?q=litmus", headers=HTML).text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("steel box", ["box of steel", "steel box"]),
        ('"steel box"', ["steel box"]),
        ("„steel box“", ["steel box"]),
        ("«steel box» big", []),
        ('box "of steel"', ["box of steel"]),
        ('box 19"', ['box 19"']),
    ],
)
def test_words_in_quotes_stand_next_to_each_other_in_that_order(client, typed, found):
    make("steel box", "box of steel", 'box 19"')

    page = client.get("/items/", {"q": typed, "sort": "newest"})

    assert [item["name"] for item in page.json()] == found


def test_words_in_quotes_are_highlighted_together(client):
    Item.objects.create(name="big steel box", description="a box, not of steel")

    page = client.get("/items/", {"q": '"steel box"'}, headers=HTML)

    assert names(page) == ["big <mark>steel box</mark>"]
    assert "a box, not of steel" in page.text


def test_words_in_quotes_ask_the_index():
    search = Search(read_words('"steel box"'))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT FROM items_item WHERE {search.matches}", search.parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "on item_search" in plan
    assert "Seq Scan" not in plan
