"""Misspell names of the list, and count how often the search still finds them among the first.

It asks the database of the settings, for example after `manage.py import_items FILE`:

    .venv/bin/python -m bench.misspelled [names of each kind]
"""

import os
import random
import re
import string
import sys
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itemsite.settings")
FOUND_FIRST = 5  # rows
NAMES = 100  # of each kind
SHORTEST, LONGEST = 4, 25  # letters of a name

Misspell = Callable[[str, random.Random], str]


def swapped(name: str, chance: random.Random) -> str:
    places = [n for n in range(1, len(name) - 1) if name[n : n + 2].isalpha()]
    n = chance.choice([n for n in places if name[n] != name[n + 1]])
    return name[:n] + name[n + 1] + name[n] + name[n + 2 :]


def doubled(name: str, chance: random.Random) -> str:
    n = _letter(name, chance)
    return name[:n] + name[n] + name[n:]


def left_out(name: str, chance: random.Random) -> str:
    n = _letter(name, chance)
    return name[:n] + name[n + 1 :]


def wrong(name: str, chance: random.Random) -> str:
    n = _letter(name, chance)
    others = string.ascii_lowercase.replace(name[n], "")
    return name[:n] + chance.choice(others) + name[n + 1 :]


def apart(name: str, chance: random.Random) -> str:
    if re.search("[-_.]", name):
        return re.sub("[-_.]+", " ", name)
    n = chance.randrange(2, len(name) - 1)
    return f"{name[:n]} {name[n:]}"


def together(name: str, chance: random.Random) -> str:
    return re.sub("[-_.]", "", re.search("[^-_.]+[-_.][^-_.]+", name) and name)


KINDS: dict[str, Misspell] = {
    "two letters changed places": swapped,
    "a letter doubled": doubled,
    "a letter left out": left_out,
    "a wrong letter": wrong,
    "words apart": apart,
    "words together": together,
}


def _letter(name: str, chance: random.Random) -> int:
    return chance.choice([n for n, letter in enumerate(name) if n and letter.isalpha()])


def main(names_of_each: int) -> None:
    import django

    django.setup()
    names, chance = _names(), random.Random(1)
    all_found, all_asked = 0, 0
    for kind, misspell in KINDS.items():
        found, asked, durations = 0, 0, []
        while asked < names_of_each:
            name = chance.choice(names)
            try:
                query = misspell(name, chance)
            except (IndexError, TypeError, ValueError):  # too short, or without a sign
                continue
            start = time.perf_counter()
            shown = _first(query)
            durations.append((time.perf_counter() - start) * 1000)
            asked += 1
            found += name in shown
            if name not in shown and "-v" in sys.argv:
                print(f"  {query!r} for {name!r}: {shown}")
        worst = max(durations)
        print(f"{kind}: {found} of {asked}; {median(durations):.0f} ms, at most {worst:.0f} ms")
        all_found, all_asked = all_found + found, all_asked + asked
    print(f"all: {all_found} of {all_asked}")


def _names() -> list[str]:
    from items.database.sql import fetch

    sql = "SELECT DISTINCT name FROM items_item WHERE length(name) BETWEEN %s AND %s ORDER BY name"
    return [name for (name,) in fetch(sql, [SHORTEST, LONGEST])]


def _first(query: str) -> list[str]:
    from items.search.list_page import read_list_page
    from items.search.selection import Selection
    from items.search.words import read_words

    page = read_list_page(Selection(read_words(query), "best", typed=query))
    return [row.name for row in (*page.rows, *page.close)][:FOUND_FIRST]


if __name__ == "__main__":
    main(next((int(word) for word in sys.argv[1:] if word.isdigit()), NAMES))
