"""The place of an item in the list that the user came from, in the item's addresses."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from items.models import Item
from items.search.keyset import is_cursor
from items.search.selection import Selection, read_selection

CURSOR = "at"  # the parameter
FIXED = ("newest", "oldest")  # orders in which no change moves an item


@dataclass(frozen=True)
class Place:
    """A list, and the cursor of an item in it before the item was changed.

    After the change the item can be elsewhere in the list, or no longer in it. Its neighbours stay
    those of the cursor, so that the user can go on with the next one.
    """

    selection: Selection
    cursor: str = ""

    @property
    def query_string(self) -> str:
        query = self.selection.query | ({CURSOR: self.cursor} if self.cursor else {})
        return f"?{urlencode(query)}" if query else ""

    @property
    def can_change(self) -> bool:
        return self.selection.sort not in FIXED

    def address_of(self, item: Item) -> str:
        return item.get_absolute_url() + self.query_string


def read_place(request: HttpRequest) -> Place:
    """Return the place in the address, without cursors that are damaged or of another order."""
    selection = read_selection(request.GET, strict=False)
    for cursor in (selection.after, selection.before):
        if cursor and not is_cursor(cursor, selection.sort):
            selection = selection.at()
    cursor = request.GET.get(CURSOR, "")
    return Place(selection, cursor if is_cursor(cursor, selection.sort) else "")
