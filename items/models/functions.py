"""The PostgreSQL functions of the app, as Django expressions and as SQL.

Models use only Django's own classes in their declarations, so that migrations do not import from
here.
"""

from django.db import models

from items.models.rules import NAME_MAX_LENGTH

# The name without case and accents. It is the first line of the column `search`; taking it from
# there is cheaper than folding again. It is cut: a folded name can be too long for an index.
FOLDED_NAME = f"left(split_part(search, E'\\n', 1), {NAME_MAX_LENGTH})"
# By code points the order is the same on every server, and its index also finds prefixes.
CODE_POINT_ORDER = f'({FOLDED_NAME} COLLATE "C")'


def fold(text: str | models.Expression) -> models.Func:
    """Return text without case and accents, as the column `search` contains it."""
    return models.Func(text, function="items_fold", output_field=models.TextField())


def folded_name() -> models.Func:
    return models.Func(template=FOLDED_NAME, output_field=models.TextField())


def code_point_order() -> models.Func:
    return models.Func(template=CODE_POINT_ORDER, output_field=models.TextField())


def natural_key(folded: models.Expression) -> models.Func:
    """Return a folded name with each number padded to 12 digits, so that 2 comes before 10."""
    return models.Func(folded, function="items_natural_key", output_field=models.TextField())


class ContainsWord(models.Func):
    """Tells whether folded text contains a word, ignoring case and accents."""

    function = "items_holds"
    arity = 2
    output_field = models.BooleanField()
