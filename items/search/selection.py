"""What a list's address asks for: which items, in which order, from where."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from items.http.problems import Problem, shortened
from items.search.sorting import ORDERS, default_sort, read_id
from items.search.words import WORDS_MAX_LENGTH, read_words

SIZES = (50, 100, 200)  # rows on a page
LIMIT_DEFAULT = 100  # items in one answer
LIMIT_MAX = 1000
PARAMETERS = ("limit", "after", "before", "sort", "q")


@dataclass(frozen=True)
class Selection:
    """What someone looks at: the items that hold these words, so sorted, from a cursor on."""

    words: tuple[str, ...] = ()
    sort: str = "newest"  # best only with words
    size: int = 50
    after: str = ""
    before: str = ""


def read_wanted(asked: QueryDict) -> Selection:
    """Return what an address asks for; what it does not say, or says oddly, is the default."""
    words = asked.get("q", "").replace("\0", " ")
    if len(words) > WORDS_MAX_LENGTH:
        raise BadRequest(
            gettext("Search for at most %(max)s characters.") % {"max": WORDS_MAX_LENGTH}
        )
    words = read_words(words)
    sort = asked.get("sort", "")
    if sort not in ORDERS or (sort == "best" and not words):
        sort = default_sort(words)
    sizes = {str(size): size for size in SIZES}
    size = sizes.get(asked.get("size", ""), SIZES[0])
    after, before = asked.get("after", ""), asked.get("before", "")
    return Selection(words, sort, size, after=after, before="" if after else before)


def top_url(wanted: Selection) -> str:
    return list_url(replace(wanted, after="", before=""))


def list_url(wanted: Selection) -> str:
    query = url_parameters(wanted)
    return f"/items/?{urlencode(query)}" if query else "/items/"


def url_parameters(wanted: Selection) -> dict[str, str | int]:
    """Return all that a page depends on, as its address has it, but for what is the default."""
    query = {
        "q": " ".join(wanted.words),
        "sort": "" if wanted.sort == default_sort(wanted.words) else wanted.sort,
        "size": "" if wanted.size == SIZES[0] else wanted.size,
        "after": wanted.after,
        "before": wanted.before,
    }
    return {name: value for name, value in query.items() if value}


def read_selection(request: HttpRequest) -> Selection:
    """Return what the query asks for; raise Problem 400 for what is wrong, unknown or twice."""
    for name, values in request.GET.lists():
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise Problem(400, f"There is no parameter {shortened(name)}. There are: {known}.")
        if len(values) > 1:
            raise Problem(400, f"{name} comes twice.")
    limit = read_id(request.GET.get("limit", str(LIMIT_DEFAULT)))
    if limit is None or limit > LIMIT_MAX:
        raise Problem(400, f"limit is a whole number from 1 to {LIMIT_MAX}.")
    words = request.GET.get("q", "")
    if "\0" in words:
        raise Problem(400, "q: null characters are not allowed.")
    if len(words) > WORDS_MAX_LENGTH:
        raise Problem(400, f"q has at most {WORDS_MAX_LENGTH} characters.")
    words = read_words(words)
    sort = request.GET.get("sort", default_sort(words))
    if sort not in ORDERS:
        raise Problem(400, f"sort is one of: {', '.join(ORDERS)}.")
    if not words and sort == "best":  # all are as good
        sort = "newest"
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if after and before:
        raise Problem(400, "after and before exclude each other.")
    return Selection(words, sort, limit, after, before)
