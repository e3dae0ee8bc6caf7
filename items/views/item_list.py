"""The list for people: what its address asks for, its rows, and the addresses of other pages."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from sys import getsizeof

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, gettext_lazy

from items.api import curl
from items.database import snapshot_cache
from items.database.snapshot_cache import Made
from items.database.sql import TooLong
from items.models.item import SUMMARY_LENGTH
from items.remember import remember
from items.search.highlight import mark
from items.search.keyset import CursorError, Page, read_page
from items.search.selection import SIZES, Selection, list_url, read_wanted, top_url, url_parameters
from items.search.sorting import default_sort
from items.search.words import (
    COUNT_MAX,
    ENOUGH,
    WORDS_MAX_LENGTH,
    Search,
    count,
    count_sql,
    read_close,
)
from items.views.guard import page

SORT_LABELS = {
    "best": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "oldest": gettext_lazy("Oldest"),
    "name": gettext_lazy("Name"),
    "changed": gettext_lazy("Last changed"),
}
ROWS_REMEMBERED = 4_096  # about 4 MB
TIMES_REMEMBERED = 4_096
FORMS_REMEMBERED = 256
SHOWN = 4  # columns that _row() shows; after them is the total, if the page says it
LEAD_LENGTH = 50  # characters before the first hit, where the summary begins late


@dataclass(frozen=True)
class Listing:
    """What the template shows of a page."""

    wanted: Selection
    page: Page
    rows: SafeString
    total: int | None = None  # of the whole list, on its first page; None: more than COUNT_MAX
    has_ticks: bool = False  # for those who may delete
    is_close: bool = False  # the rows are near misses
    is_too_many: bool = False  # to look for near misses

    @property
    def words(self) -> str:
        return " ".join(self.wanted.words)

    @property
    def count_max(self) -> int:
        return COUNT_MAX

    @property
    def is_first(self) -> bool:
        return not (self.wanted.after or self.wanted.before)

    @property
    def find_form(self) -> SafeString:
        return _find_form(self.wanted.words, self.wanted.sort, self.wanted.size, get_language())

    @property
    def many_form(self) -> SafeString:
        return _many_form(self.wanted, self.total, self.is_close, get_language())

    @cached_property
    def before_url(self) -> str:
        return self.page.before and list_url(
            replace(self.wanted, after="", before=self.page.before)
        )

    @cached_property
    def after_url(self) -> str:
        return self.page.after and list_url(replace(self.wanted, after=self.page.after, before=""))

    @property
    def top_url(self) -> str:
        return top_url(self.wanted)


def read_listing(wanted: Selection, has_ticks: bool) -> Listing:
    """Return a page of the list; raise BadRequest for a cursor that no page leads to."""
    try:
        page = read_page(_columns(wanted), wanted)
    except CursorError:
        raise BadRequest(gettext("This page's address is wrong. Start at the top of the list."))
    listing = Listing(wanted, page, _rows(page.rows, wanted.words, has_ticks), has_ticks=has_ticks)
    if not listing.is_first:
        return listing
    if not page.rows and wanted.words:
        return _near_misses(listing)
    return replace(listing, total=_total(wanted, page))


def _total(wanted: Selection, page: Page) -> int | None:
    if not page.after:
        return len(page.rows)
    if not wanted.words:
        return page.rows[0][SHOWN]
    search = Search(wanted.words)
    return None if search.estimate(search.in_item) > ENOUGH else count(search)


def _near_misses(listing: Listing) -> Listing:
    words = listing.wanted.words
    try:
        rows = read_close(_columns(listing.wanted), Search(words))
    except TooLong:
        return replace(listing, total=0, is_too_many=True)
    return replace(listing, rows=_rows(rows, (), listing.has_ticks), total=0, is_close=bool(rows))


def _columns(wanted: Selection) -> str:
    """Return the columns of a row; the summary begins where the words do, if that is far down."""
    summary = f"left(description, {SUMMARY_LENGTH})"
    if wanted.words:
        found = ", ".join(Search(wanted.words).each("nullif(strpos(search, items_fold({})), 0)"))
        start = f"least({found}) - length(name) - 1 - {LEAD_LENGTH}"
        summary = f"""
            CASE WHEN {start} > {SUMMARY_LENGTH - 2 * LEAD_LENGTH}
                THEN '…' || substr(description, {start}, {SUMMARY_LENGTH})
                ELSE {summary} END
        """
    return f"id, name, {summary}, updated_at::text AS changed, {_total_column(wanted)}"


def _total_column(wanted: Selection) -> str:
    """Return SQL for how many items there are, on the first page of all of them.

    PostgreSQL counts only where its statistics say that it is quick: the running ones, or after a
    crash, which empties them, those of the last ANALYZE.
    """
    if wanted.words or wanted.after or wanted.before:
        return "NULL"
    estimate = """(
        SELECT coalesce(nullif(pg_stat_get_live_tuples(oid), 0), reltuples) FROM pg_class
        WHERE oid = 'items_item'::regclass
    )"""
    return f"CASE WHEN {estimate} <= {ENOUGH} THEN ({count_sql('TRUE')}) END"


def _rows(rows: list[tuple], words: tuple[str, ...], has_ticks: bool) -> SafeString:
    page = (words, has_ticks, get_language())
    return mark_safe("".join([_row(*row[:SHOWN], *page) for row in rows]))


@remember(ROWS_REMEMBERED)
def _row(
    pk: int,
    name: str,
    summary: str,
    updated_at: str,
    words: tuple[str, ...],
    has_tick: bool,
    language: str,
) -> SafeString:
    """Return a row's HTML. It depends on nothing else, so an unchanged row is rendered once.

    The language is the active one; it is asked for once a page.
    """
    context = {
        "pk": str(pk),  # a number would be localised
        "name": mark(name, words),
        "summary": mark(summary, words),
        "changed": _time(updated_at, language),
        "has_tick": has_tick,
    }
    return render_to_string("items/_row.html", context)


@remember(TIMES_REMEMBERED)
def _time(text: str, language: str) -> SafeString:
    """Return a time as HTML: what an import brought has one for all, and each search asks anew."""
    time = localtime(datetime.fromisoformat(text))
    shown = date_format(time, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', time.isoformat(timespec="seconds"), shown)


@remember(FORMS_REMEMBERED)
def _find_form(words: tuple[str, ...], sort: str, size: int, language: str) -> SafeString:
    labels = list(SORT_LABELS.items())[0 if words else 1 :]  # without words none is best
    default = default_sort(words)
    context = {
        "words": " ".join(words),
        "words_max_length": WORDS_MAX_LENGTH,
        "sort": sort,
        # The default is sent empty, as it is left out of addresses: what it is depends on words.
        "sorts": [(name, "" if name == default else name, label) for name, label in labels],
        "size": size,
        "sizes": SIZES,
    }
    return render_to_string("items/_find.html", context)


@remember(FORMS_REMEMBERED)
def _many_form(wanted: Selection, total: int | None, is_close: bool, language: str) -> SafeString:
    context = {
        "query": url_parameters(wanted),
        "words": wanted.words,
        "total": total,
        "is_close": is_close,
    }
    return render_to_string("items/_many.html", context)


@page("GET", permission="items.view_item")
def item_list(request: HttpRequest) -> HttpResponse:
    wanted = read_wanted(request.GET)
    typed = request.GET.get("q", "").strip()
    may_add = request.user.has_perm("items.add_item")
    may_delete = request.user.has_perm("items.delete_item")
    site = curl.site(request)
    shown_to = (typed, may_add, may_delete, site)
    depends_on = (wanted, *shown_to, get_language())
    found = snapshot_cache.kept(depends_on, lambda: _list_as_found(wanted, *shown_to))
    if found is None:  # the top, by a way that may not fill its page
        return redirect(top_url(wanted))
    context = {"words": " ".join(wanted.words), "found": found}
    return render(request, "items/item_list.html", context)


def _list_as_found(
    wanted: Selection, typed: str, may_add: bool, may_delete: bool, site: str
) -> Made:
    listing = read_listing(wanted, may_delete)
    if wanted.before and not listing.page.before:
        return Made(None)
    context = {
        "list": listing,
        "typed": typed,
        "may_add": may_add,
        "list_line": curl.list_line(site, wanted),
        "add_line": curl.add_line(site),
    }
    found = render_to_string("items/_list.html", context)
    return Made(found, None if listing.is_too_many else getsizeof(found))
