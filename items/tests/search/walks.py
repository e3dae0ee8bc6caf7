"""Items with these names, and walks through the pages of a search."""

from items.models import Item
from items.search.keyset import read_page
from items.search.selection import Selection

DESCRIBED = {"pen": "lies by the book", "ink": "for the Book"}


def make(*names):
    for name in names:
        Item.objects.create(name=name, description=DESCRIBED.get(name, ""))


def walk(words, sort, size, *, backwards=False):
    """Return the names on each page, from the top on or, backwards, from the last page up."""
    pages, after = [], ""
    while True:
        page = read_page("name", Selection(words, sort, size, after=after))
        pages.append([row[0] for row in page.rows])
        if not page.after:
            break
        after = page.after
    if not backwards:
        return pages
    pages = [pages[-1]]
    while page.before:
        page = read_page("name", Selection(words, sort, size, before=page.before))
        if page.rows:
            pages.append([row[0] for row in page.rows])
    return pages
