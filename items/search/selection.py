"""The query string of a list: search words, order and cursor."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext

from items.http.problems import Problem, shortened
from items.search.sorting import ORDERS, default_sort, read_id
from items.search.words import WORDS_MAX_LENGTH, Search, read_words

SIZES = (50, 100, 200)  # rows on a page
LIMIT_DEFAULT = 100  # items in one answer
LIMIT_MAX = 1000
PARAMETERS = ("limit", "after", "before", "sort", "q", "q_base64", "close")  # for scripts
PAGE_PARAMETERS = ("q", "q_base64", "sort", "size", "after", "before", "count")  # for people
COUNT_EXACT = "exact"  # the value of the parameter count of pages
IGNORED = ("_",)  # clients add a new number to reach past caches


@dataclass(frozen=True)
class Selection:
    """The items that contain these words, in this order, from a cursor on."""

    words: tuple[str, ...] = ()
    sort: str = "newest"  # "best" needs words
    size: int = SIZES[0]
    after: str = ""
    before: str = ""
    typed: str = ""  # the whole search
    is_counted: bool = False  # exactly, however many items there are
    is_close: bool = False  # also near misses; pages show them anyway

    @property
    def search(self) -> Search:
        return Search(self.words, self.typed)

    @property
    def query(self) -> dict[str, str | int]:
        """Return the parameters of the page's URL, without defaults."""
        query = {
            "q": self.search.text,
            "sort": "" if self.sort == default_sort(self.words) else self.sort,
            "size": "" if self.size == SIZES[0] else self.size,
            "after": self.after,
            "before": self.before,
            "count": COUNT_EXACT if self.is_counted else "",
        }
        return {name: value for name, value in query.items() if value}

    @property
    def query_string(self) -> str:
        """Return "?..." or nothing; pages of items carry it too, and so lead back to the list."""
        return f"?{urlencode(self.query)}" if self.query else ""

    @property
    def url(self) -> str:
        return f"/items/{self.query_string}"

    @property
    def whole_query(self) -> str:
        """Return the query string of the same list without pages, for files."""
        return replace(self.at(), size=SIZES[0], is_counted=False).query_string

    def at(self, *, after: str = "", before: str = "") -> "Selection":
        """Return the same list from a cursor on, or its first page."""
        return replace(self, after=after, before=before)

    def counted(self) -> "Selection":
        """Return the first page of the same list with the exact number of its items."""
        return replace(self.at(), is_counted=True)

    def sorted_by(self, sort: str) -> "Selection":
        """Return the first page of the same list in another order."""
        return replace(self.at(), sort=sort)


def read_selection(
    query: QueryDict, *, strict: bool, parameters: Sequence[str] = PARAMETERS
) -> Selection:
    """Parse the query string of a list.

    With `strict`, for scripts, a wrong, unknown or repeated parameter raises Problem 400. For
    people the default is used instead. A search that is too long is refused for both.
    """
    if strict:
        refuse_unknown(query, parameters)
    typed = _read_typed(query, strict)
    words = read_words(typed)
    sort = _read_sort(query, words, strict)
    size = read_limit(query) if strict else _read_size(query)
    after, before = query.get("after", ""), query.get("before", "")
    if strict and after and before:
        raise Problem(400, "Send after or before, not both.")
    before = "" if after else before
    return Selection(
        words,
        sort,
        size,
        after=after,
        before=before,
        typed=typed,
        is_counted=not strict and query.get("count") == COUNT_EXACT,
        is_close=strict and _read_close(query),
    )


def refuse_unknown(query: QueryDict, parameters: Sequence[str]) -> None:
    """Raise Problem 400 for an unknown or repeated parameter."""
    for name, values in query.lists():
        if name in IGNORED:
            continue
        if name not in parameters:
            known = ", ".join(parameters)
            raise Problem(400, f"The parameter {shortened(name)} does not exist. Use: {known}.")
        if len(values) > 1:
            raise Problem(400, f"{name} was sent twice. Send it once.")


def pack_text(text: str) -> str:
    """Return a search as q_base64, which is short enough for Link where %XX is not."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_text(query: QueryDict) -> str:
    """Return the search as it was typed; raise Problem 400 if q_base64 is wrong."""
    packed = query.get("q_base64", "")
    if not packed:
        return query.get("q", "")
    try:
        padded = packed.encode("ascii") + b"=" * (-len(packed) % 4)
        return b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise Problem(400, gettext("q_base64 is wrong. Copy it from the Link header."))


def _read_typed(query: QueryDict, strict: bool) -> str:
    text = read_text(query)
    if strict and query.get("q") and query.get("q_base64"):
        raise Problem(400, "Send q or q_base64, not both.")
    if strict and "\0" in text:
        raise Problem(400, "q: null characters are not allowed.")
    if len(text) > WORDS_MAX_LENGTH:
        detail = gettext("The search is too long. Use at most %(max)s characters.") % {
            "max": WORDS_MAX_LENGTH
        }
        raise Problem(400, detail)
    return " ".join(text.replace("\0", " ").split())


def _read_sort(query: QueryDict, words: tuple[str, ...], strict: bool) -> str:
    default = default_sort(words)
    sort = query.get("sort", default)
    if sort not in ORDERS:
        if strict:
            raise Problem(400, f"sort must be one of: {', '.join(ORDERS)}.")
        return default
    return sort if words or sort != "best" else default  # without words, all items match equally


def _read_close(query: QueryDict) -> bool:
    close = query.get("close", "0")
    if close not in ("0", "1"):
        raise Problem(400, "close must be 0 or 1.")
    return close == "1"


def read_limit(query: QueryDict) -> int:
    """Return how many a script wants at once; raise Problem 400."""
    limit = read_id(query.get("limit", str(LIMIT_DEFAULT)))
    if limit is None or limit > LIMIT_MAX:
        raise Problem(400, f"limit must be a whole number from 1 to {LIMIT_MAX}.")
    return limit


def _read_size(query: QueryDict) -> int:
    sizes = {str(size): size for size in SIZES}
    return sizes.get(query.get("size", ""), SIZES[0])
