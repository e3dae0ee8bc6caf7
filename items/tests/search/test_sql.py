"""The SQL of the list, of searches and of ranking, whole: the files in sql/.

After a wanted change write them again, then read the diff: WRITE_SQL=1 bin/test -n 0 -k test_sql
"""

import os
from pathlib import Path

import pytest
import sqlparse
from django.db import connection
from django.test.utils import CaptureQueriesContext

from items.models import Item, item
from items.search import near_misses
from items.search.selection import SIZES

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("sql")
HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}

REQUESTS = {
    "list-page-newest": ("/items/", HTML),
    "list-page-by-name": ("/items/?sort=name", HTML),
    "list-page-changed": ("/items/?sort=changed&size=100", HTML),
    "list-page-after-a-cursor": ("/items/?after=WyJuZXdlc3QiLDEwXQ", HTML),
    "list-page-before-a-cursor": ("/items/?before=WyJuZXdlc3QiLDEwXQ", HTML),
    "list-json": ("/items/?limit=3", JSON),
    "search-best": ("/items/?q=red+lamp", HTML),
    "search-newest": ("/items/?q=lamp&sort=newest", HTML),
    "search-a-short-word": ("/items/?q=no+lamp&sort=newest", HTML),
    "search-nothing-found": ("/items/?q=lmap", HTML),
    "search-json": ("/items/?q=lamp&limit=3", JSON),
    "similar-names": ("/items/similar/?name=Lampe", HTML),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_what_is_asked_is_what_the_file_says(client, monkeypatch, name):
    for module, timeout in ((near_misses, "CLOSE_TIMEOUT_MS"), (item, "SIMILAR_TIMEOUT_MS")):
        monkeypatch.setattr(module, timeout, 60_000)  # on a busy machine too
    Item.objects.bulk_create(Item(id=n, name=f"Red lamp no {n}") for n in range(1, SIZES[0] + 2))
    path, headers = REQUESTS[name]

    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers=headers)

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    asked = "\n\n".join(map(_formatted, statements)) + "\n"
    file = FOLDER / f"{name}.sql"
    if "WRITE_SQL" in os.environ:
        file.write_text(asked)
    assert asked == file.read_text()


def test_every_file_is_of_a_request():
    assert {file.stem for file in FOLDER.glob("*.sql")} == set(REQUESTS)


def _formatted(sql):
    return sqlparse.format(sql, reindent=True, strip_whitespace=True) + ";"
