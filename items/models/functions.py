"""PostgreSQL functions of the app, as expressions of Django and as SQL."""

from django.db import models

from items.models.rules import NAME_MAX_LENGTH

# The keys of an item in JSON; its text is the column `json`, which items_json() makes of them.
JSON_KEYS = ("id", "name", "description", "created_at", "updated_at")


class Fold(models.Func):
    """Text without case and accents, as the column `search` holds it."""

    function = "items_fold"
    arity = 1
    output_field = models.TextField()


class AsJson(models.Func):
    """The item's JSON text, as the column `json` holds it."""

    function = "items_json"
    arity = len(JSON_KEYS)
    output_field = models.TextField()


# The name without case and accents: the column `search` begins with it, which is cheaper than to
# fold it again. Folding can lengthen a name manyfold, beyond what an index takes.
FOLDED_NAME = f"left(split_part(search, E'\\n', 1), {NAME_MAX_LENGTH})"
# As people sort. By code points, so that the index of the order finds beginnings too.
NAME_ORDER = f'({FOLDED_NAME} COLLATE "C")'


class FoldedName(models.Func):
    template = FOLDED_NAME
    arity = 0
    output_field = models.TextField()


class NameOrder(FoldedName):
    template = NAME_ORDER


class Holds(models.Func):
    """Whether folded text holds a word, in whatever case and with whatever accents."""

    function = "items_holds"
    arity = 2
    output_field = models.BooleanField()
