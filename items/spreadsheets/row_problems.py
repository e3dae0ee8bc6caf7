"""The sentence for each code that the SQL of the staging gives.

A code comes with members, for example {"code": "no_item", "column": "id", "value": "7"}. A
sentence names them as %(value)s; numbers are written as the language does.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

NO_ITEM = gettext_lazy("There is no item %(value)s. Leave the cell empty to add an item.")

# Of a row
OF_ROWS: dict[str, Promise] = {
    "required": gettext_lazy("This field is required."),
    "too_many_characters": gettext_lazy("At most %(max)s characters; this has %(length)s."),
    "one_line": gettext_lazy("Write one line. Remove line breaks, tabs and control characters."),
    "not_an_id": gettext_lazy(
        "%(value)s is no id. Ids are whole numbers from 1. Leave the cell empty to add an item."
    ),
    "id_below_one": gettext_lazy(
        "%(value)s is no id. Ids are whole numbers from 1. Leave the cell empty to add an item."
    ),
    "no_item": NO_ITEM,
    "many_lines": gettext_lazy(
        "%(lines)s lines want to change item %(value)s, each in another way. Keep one of them."
    ),
    "repeats_line": gettext_lazy("This says the same as line %(line)s."),
    "close_to_line": gettext_lazy("This name looks like that of line %(line)s."),
    "close_to_item": gettext_lazy("This name looks like that of item %(item)s."),
    "may_not_add": gettext_lazy("You do not have the permission to add items."),
    "may_not_change": gettext_lazy("You do not have the permission to change items."),
    "added_since": gettext_lazy(
        "Item %(item)s of this name was added or changed after your preview."
    ),
    "changed_since": gettext_lazy("Item %(item)s was changed after your preview."),
    "deleted_since": gettext_lazy("Item %(item)s was deleted after your preview."),
}
# Of the whole file
OF_FILES: dict[str, Promise] = {
    "ids_of_another_list": gettext_lazy(
        "The column id was left out: %(count)s of %(of)s rows would rename their item, so these are"
        " the ids of another list."
    ),
    "unknown_ids": ngettext_lazy(
        "%(count)s row has an id that does not exist here. You can add it as a new item.",
        "%(count)s rows have an id that does not exist here. You can add them as new items.",
        "count",
    ),
    "unknown_ids_added": ngettext_lazy(
        "%(count)s row has an id that does not exist here. It is read without it.",
        "%(count)s rows have an id that does not exist here. They are read without it.",
        "count",
    ),
    "emptied": ngettext_lazy(
        "%(count)s item would have an empty text afterwards.",
        "%(count)s items would have an empty text afterwards.",
        "count",
    ),
}
SENTENCES = OF_ROWS | OF_FILES
