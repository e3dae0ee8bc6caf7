"""PostgreSQL functions of the app, as expressions of Django and as SQL.

What a model declares is made of Django's own classes, so that migrations can spell it out without
an import from here.
"""

from django.db import models

from items.models.rules import NAME_MAX_LENGTH

# The name without case and accents: the column `search` begins with it, which is cheaper than to
# fold it again. Folding can lengthen a name manyfold, beyond what an index takes.
FOLDED_NAME = f"left(split_part(search, E'\\n', 1), {NAME_MAX_LENGTH})"
# As people sort. By code points, so that the index of the order finds beginnings too.
NAME_ORDER = f'({FOLDED_NAME} COLLATE "C")'


def fold(text: str | models.Expression) -> models.Func:
    """Return text without case and accents, as the column `search` contains it."""
    return models.Func(text, function="items_fold", output_field=models.TextField())


def folded_name() -> models.Func:
    return models.Func(template=FOLDED_NAME, output_field=models.TextField())


def name_order() -> models.Func:
    return models.Func(template=NAME_ORDER, output_field=models.TextField())


class Holds(models.Func):
    """Whether folded text holds a word, in whatever case and with whatever accents."""

    function = "items_holds"
    arity = 2
    output_field = models.BooleanField()
