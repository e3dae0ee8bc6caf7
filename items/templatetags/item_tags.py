"""Template tags for times, names and the rows of the list."""

from datetime import datetime
from functools import lru_cache
from typing import cast

from django import template
from django.conf import settings
from django.db.models import Field
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language

from items.changes.difference import mark_differences
from items.changes.history import FieldChange
from items.models import Item
from items.models.change import WAY_LABELS
from items.models.rules import unify_line_ends
from items.search.highlight import highlight
from items.search.list_page import Row
from items.search.selection import Selection
from items.views.bidi import bdi, isolate

RELATION = ' rel="nofollow"'  # as urlize() writes it; a quote in the text itself is escaped
FULL_RELATION = ' rel="nofollow noopener noreferrer"'

register = template.Library()
register.filter("highlight", highlight)
register.filter("bdi", bdi)
register.filter("isolate", isolate, is_safe=True)


@register.filter(expects_localtime=False)
def time_tag(time: datetime) -> SafeString:
    """Return a <time> element, in the user's format and in ISO 8601."""
    local = localtime(time)
    shown = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)


@register.filter(is_safe=True)
def with_links(text: str) -> SafeString:
    """Return a text as HTML in which addresses are links, which tell nothing to where they lead."""
    return mark_safe(urlize(text, nofollow=True, autoescape=True).replace(RELATION, FULL_RELATION))


@register.filter
def way_label(way: str) -> str | Promise:
    return WAY_LABELS[way]


@register.filter
def label(change: FieldChange) -> str:
    """Return the name of the field that changed."""
    field = cast(Field, Item._meta.get_field(change.field))
    return capfirst(str(field.verbose_name))


@register.simple_tag
def differences(change: FieldChange) -> tuple[SafeString, SafeString]:
    """Return the old and the new text as HTML, with the words that differ marked."""
    return mark_differences(change.old or "", change.new or "")


@register.simple_tag
def compared(theirs: str, yours: str) -> tuple[SafeString, SafeString]:
    """Return both texts of a conflict as HTML, whole, with the words that differ marked."""
    return mark_differences(theirs or "", unify_line_ends(yours or ""), shortens=False)


@register.simple_tag
def list_row(row: Row, selection: Selection, may_delete: bool) -> SafeString:
    """Include _row.html, but render unchanged rows only once."""
    render = (
        _render_row.__wrapped__ if settings.DEBUG else _render_row
    )  # so that template edits show
    return render(row, selection.search.marked, selection.query_string, may_delete, get_language())


@lru_cache(4_096)  # rows, about 4 MB; without it a list costs 15 ms of CPU
def _render_row(
    row: Row, words: tuple[str, ...], query_string: str, may_delete: bool, language: str | None
) -> SafeString:
    context = {
        "row": row,
        "words": words,
        "query_string": query_string,
        "may_delete": may_delete,
    }
    return render_to_string("items/list/_row.html", context)
