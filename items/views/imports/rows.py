"""The rows of a file as a preview shows them."""

from typing import NamedTuple, cast

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from items.changes.difference import mark_differences
from items.models import Item
from items.models.item import SUMMARY_LENGTH, WRITABLE
from items.spreadsheets.problems import sentence
from items.spreadsheets.staging import StagedRow

WHAT = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changes an item"),
    "unchanged": gettext_lazy("In the list"),
    "outdated": gettext_lazy("Out of date"),
    "repeated": gettext_lazy("Repeated"),
    "close": gettext_lazy("Similar"),
    "wrong": gettext_lazy("Wrong"),
}


class Text(NamedTuple):
    """A field of a row; `old` is None unless the row changes it."""

    label: str
    new: str | SafeString
    old: SafeString | None = None


class ShownRow(NamedTuple):
    line: int
    status: str
    what: str | Promise
    item: int | None
    reasons: list[str]
    name: Text
    texts: list[Text]


def shown(row: StagedRow) -> ShownRow:
    name, *others = (_text(row, field) for field in WRITABLE)
    return ShownRow(
        row.line,
        row.status,
        WHAT[row.status],
        row.item or row.twin_item,
        [_reason(fact) for fact in row.reasons()],
        name,
        [text for text in others if text.new or text.old],
    )


def _text(row: StagedRow, field: str) -> Text:
    text = row.texts[field] or ""
    if row.status != "changed" or row.old is None or text == row.old[field]:
        rest = "…" if len(text) > SUMMARY_LENGTH else ""
        return Text(label_of(field), text[:SUMMARY_LENGTH] + rest)
    old, new = mark_differences(row.old[field], text)
    return Text(label_of(field), new, old)


def _reason(fact: dict) -> str:
    column = fact.get("column")
    return f"{label_of(column)}: {sentence(fact)}" if column in WRITABLE else sentence(fact)


def label_of(field: str) -> str:
    return capfirst(str(cast(Field, Item._meta.get_field(field)).verbose_name))
