"""The ways in over HTTP, and what Hypothesis makes up for each."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from hypothesis import strategies as st

from items.api.changes import PARAMETERS as CHANGE_PARAMETERS
from items.search.selection import PARAMETERS
from items.search.sorting import ORDERS
from itemsite.tests.clone import cookies_of
from itemsite.tests.hostile.made_up import (
    Strategy,
    any_json,
    any_text,
    any_words,
    damaged,
    fields,
    good_fields,
    header_line,
    item_id,
    item_text,
    line_bytes,
    query,
    quoted,
    written,
)

TOKEN = "t" * 32  # against CSRF
JSON_TYPE = ("Content-Type", "application/json")
HTML = ("Accept", "text/html")


class Credentials(NamedTuple):
    key: str
    session: str
    port: int

    def bearer(self) -> tuple[str, str]:
        return "Authorization", f"Bearer {self.key}"

    def cookies(self) -> tuple[str, str]:
        return "Cookie", cookies_of(self.port, session=self.session, csrf=TOKEN)


class Sent(NamedTuple):
    method: str
    target: str
    headers: list[tuple[str, str]]  # in Latin-1
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the request, with a Host and a length unless its own headers hold them."""
        named = {name.lower() for name, _ in self.headers}
        added = [("Host", "localhost"), ("Content-Length", str(len(self.body)))]
        headers = [field for field in added if field[0].lower() not in named] + self.headers
        lines = [f"{self.method} {self.target} HTTP/1.1", *map(": ".join, headers)]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        return head.encode("latin-1") + self.body


def forms(known: Credentials) -> Strategy[Sent]:
    paths = ("/items/new/", "/items/1/edit/", "/items/2/delete/", "/items/5/edit/")
    elsewhere = ("/accounts/keys/", "/accounts/login/", "/admin/login/", "/theme/", "/language/")
    elsewhere += ("/accounts/invite/", "/accounts/password/", "/accounts/link/MQ/set-password/")
    account = ["username", "email", "group", "expires"]
    names = st.sampled_from(
        ["name", "description", "key", "another", "theme", "language", *account]
    )
    pairs = st.lists(st.tuples(names | any_text, any_text | item_text), max_size=4)
    body = st.builds(_form_body, st.booleans(), pairs, st.sampled_from([TOKEN] * 9 + ["\ud800"]))
    types = st.sampled_from(
        [
            *["application/x-www-form-urlencoded", "multipart/form-data; boundary=zz"] * 3,
            "application/x-www-form-urlencoded; charset=utf-16",
            "application/x-www-form-urlencoded; charset=latin-1",
            "multipart/form-data; boundary=zz; charset=utf-7",
            "multipart/form-data",
        ]
    )
    return st.builds(
        lambda path, kind, body, cookies: Sent(
            "POST", path, [HTML, ("Content-Type", kind), *cookies], body
        ),
        st.sampled_from([*paths, *elsewhere]),
        types,
        damaged(body),
        st.sampled_from([[known.cookies()], [known.cookies()], []]),
    )


def _form_body(in_parts: bool, pairs: list[tuple[str, str]], token: str) -> bytes:
    pairs = [("csrfmiddlewaretoken", token), ("name", "A name"), ("version", "1"), *pairs]
    if not in_parts:
        return urlencode(pairs, encoding="utf-8", errors="surrogatepass").encode()
    parts = "".join(
        f'--zz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in pairs
    )
    return f"{parts}--zz--\r\n".encode("utf-8", "surrogatepass")


FIRST_ITEM = "1--7620678293940249823"  # hashint8extended(1, 1), the same in every PostgreSQL


def many(known: Credentials) -> Strategy[Sent]:
    """Several items, or all that match, to be deleted."""
    ids = st.lists(st.tuples(st.just("id"), item_id.map(str)), max_size=3)
    named = st.tuples(st.sampled_from(["id", "all", "q", "sort", "after"]), any_text | any_words)
    some = st.builds(lambda ids, others: ids + others, ids, st.lists(named, max_size=2))
    first = st.sampled_from([[("id", "1")], [("q", "first"), ("all", "1")]])
    confirmed = st.sampled_from([FIRST_ITEM] * 3 + ["5-1", "0-0", "1-" + "9" * 60]) | any_text
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    return st.builds(
        lambda method, asked, confirmed: Sent(
            method,
            "/items/delete/?" + "&".join(f"{name}={quoted(value)}" for name, value in asked),
            [HTML, known.cookies(), kind],
            f"csrfmiddlewaretoken={TOKEN}&confirmed={quoted(confirmed)}".encode(),
        ),
        st.sampled_from(["GET", "POST", "POST"]),
        first | some,
        confirmed,
    )


def queries(known: Credentials) -> Strategy[Sent]:
    value = any_text | any_words | st.sampled_from([*ORDERS, "1", "1000", "1001"])
    return st.builds(
        lambda path, text, headers: Sent("GET", f"{path}?{text}", headers),
        st.sampled_from(["/items/", "/items/1/", "/items/new/", "/docs/", "/accounts/login/"])
        | st.sampled_from(["/items.csv", "/items.ndjson", "/items.xlsx"])
        | st.sampled_from(["/changes/", "/changes/1/"]),
        query(st.sampled_from([*PARAMETERS, *CHANGE_PARAMETERS, "next"]) | any_text, value),
        st.sampled_from([[HTML], [], [("Prefer", "count=exact")]]),
    )


def admin_queries(known: Credentials) -> Strategy[Sent]:
    lookups = ("id__exact", "name__regex", "name__in", "created_at__gte", "id__range", "q")
    names = st.sampled_from([*lookups, "o", "p", "e", "all", "_popup", "user__id__exact"])
    return st.builds(
        lambda path, text: Sent("GET", f"{path}?{text}", [HTML, known.cookies()]),
        st.sampled_from(["/admin/items/item/", "/admin/items/apikey/", "/admin/auth/user/"]),
        query(names, any_text | st.sampled_from(["(", "1,2", "[", "x,\0"])),
    )


def objects(known: Credentials) -> Strategy[Sent]:
    calls = ("POST /items/", "PUT /items/1/", "PATCH /items/1/", "PATCH /items/5/", "PUT /items/")
    return st.builds(
        lambda call, body: Sent(*call.split(), [JSON_TYPE, known.bearer()], body),
        st.sampled_from(calls),
        written(good_fields) | written(fields) | written(any_json),
    )


def arrays(known: Credentials) -> Strategy[Sent]:
    some = st.lists(good_fields, max_size=5) | st.lists(fields | any_json, max_size=5)
    many = st.sampled_from([1000, 1001]).map(lambda count: [{"name": "x"}] * count)
    return st.builds(
        lambda body: Sent("POST", "/items/", [JSON_TYPE, known.bearer()], body),
        written(some) | written(many),
    )


def undos(known: Credentials) -> Strategy[Sent]:
    some = st.fixed_dictionaries({}, optional={"items": st.lists(item_id, max_size=3)})
    return st.builds(
        lambda pk, asked, body: Sent(
            "POST", f"/changes/{pk}/undo/{asked}", [JSON_TYPE, known.bearer()], body
        ),
        st.integers(1, 9) | item_id,
        st.sampled_from(["", "", "?dry_run=0", "?dry_run=1", "?dry_run=yes", "?items=1"]),
        st.just(b"") | written(some) | written(any_json),
    )


def cursors(known: Credentials) -> Strategy[Sent]:
    return st.builds(
        lambda name, place, words, headers: Sent(
            "GET", f"/items/?{name}={quoted(place[1])}&sort={place[0]}{words}", headers
        ),
        st.sampled_from(["after", "before"]),
        st.sampled_from([*ORDERS]).flatmap(_places),
        st.just("") | any_words.map(lambda words: f"&q={quoted(words)}"),
        st.sampled_from([[HTML], []]),
    )


def _places(sort: str) -> Strategy[tuple[str, str]]:
    its = st.just(sort)
    of_key, of_id = st.tuples(its, any_text, item_id), st.tuples(its, item_id)
    of_rank = st.tuples(its, st.integers(0, 4), st.none() | any_text, item_id)
    fitting = (of_id, of_key, of_rank)[len(ORDERS[sort].readers) - 1]
    position = fitting | of_key | of_id | of_rank | any_json
    cursor = written(position).map(lambda data: urlsafe_b64encode(data).decode().rstrip("="))
    return st.tuples(its, cursor | any_text)


def keys(known: Credentials) -> Strategy[Sent]:
    near = damaged(st.just(known.bearer()[1].encode())).map(lambda data: data.decode("latin-1"))
    odd = st.sampled_from(["bearer ", "BEARER  ", "Bearer\t", "Basic ", "", "Bearer Bearer "]).map(
        lambda scheme: scheme + known.key
    )
    value = (near | odd | header_line).map(lambda v: v.replace("\r", "").replace("\n", ""))
    return st.builds(
        lambda value: Sent(
            "POST", "/items/", [JSON_TYPE, ("Authorization", value)], b'{"name": "by a key"}'
        ),
        value,
    )


HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Encoding", "Cookie"),
    *("If-Match", "If-None-Match", "If-Modified-Since", "Idempotency-Key", "Prefer", "Range"),
    *("Host", "Origin", "Referer", "Sec-Fetch-Site", "Expect", "Upgrade", "Transfer-Encoding"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Request-Id"),
    *("Content-Length", "X-HTTP-Method-Override", "X-CSRFToken", "User-Agent", "Connection"),
)
HEADER_VALUES = (
    *("*", '"1"', 'W/"1"', '"2", "1"', "text/html", "application/json", "*/*;q=0", "a/b;q=x"),
    *("gzip;q=0", "chunked", "100-continue", "bytes=0-", "count=exact", "cross-site", "h2c", "0"),
    *("for=unknown", "https", "::1", "999.1.1.1", "9" * 400),
    *("application/json; charset=utf-8", "application/json; charset=utf-16", "multipart/form-data"),
)


def headers(known: Credentials) -> Strategy[Sent]:
    odd = cookies_of(known.port, csrf="\x80"), cookies_of(known.port, session="x")
    values = st.sampled_from((*HEADER_VALUES, *odd)) | header_line
    field = st.tuples(st.sampled_from(HEADERS), values)
    return st.builds(
        lambda method, path, found: Sent(
            method, path, [known.bearer(), JSON_TYPE, *found], b'{"name": "Book"}'
        ),
        st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        st.sampled_from(["/items/", "/items/1/", "/items/new/", "/docs/", "/static/site.css"]),
        st.lists(field, min_size=1, max_size=3),
    )


ROUTES = (
    *("/items/{}/", "/items/{}/edit/", "/items/{}/delete/", "/{}", "/items/{}", "/static/{}"),
    *("/changes/{}/", "/changes/{}/undo/", "/changes/{}"),
    *("/accounts/keys/{}/revoke/", "/admin/items/item/{}/change/", "/admin/r/{}/{}/", "/admin/{}/"),
    *("/admin/auth/user/{}/password/", "/admin/items/item/{}/{}/", "/admin/jsi18n/{}", "/{}/{}/"),
)
SEGMENTS = (
    *("items", "1", "2", "new", "admin", "docs", "openapi.json", "healthz", "..", ".", "", ";x"),
    *("%2e%2e", "%2f", "%00", "%ff", "%", "%zz", "0", "01", "-1", "+1", "1.0", "%D9%A1", "1%20"),
    *("9" * 18, "9" * 19, "9" * 400, "_5F", "history", "autocomplete", "logout"),
)


def paths(known: Credentials) -> Strategy[Sent]:
    segment = st.sampled_from(SEGMENTS) | any_text.map(quoted)
    return st.builds(
        lambda method, route, first, second, headers: Sent(
            method, route.format(first, second), headers
        ),
        st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]),
        st.sampled_from(ROUTES),
        segment,
        segment,
        st.sampled_from([[HTML], [known.bearer()], [HTML, known.cookies()]]),
    )


def lines(known: Credentials) -> Strategy[Sent]:
    """Requests that are hardly HTTP."""
    word = line_bytes | st.sampled_from(["GET", "POST", "/items/", "*", "http://localhost/items/"])
    field = st.tuples(line_bytes | st.sampled_from(HEADERS), line_bytes)
    return st.builds(Sent, word, word, st.lists(field, max_size=3), st.binary(max_size=30))


DOORS: dict[str, Callable[[Credentials], Strategy[Sent]]] = {
    "form": forms,
    "many": many,
    "query": queries,
    "admin query": admin_queries,
    "object": objects,
    "array": arrays,
    "undo": undos,
    "cursor": cursors,
    "key": keys,
    "header": headers,
    "path": paths,
    "line": lines,
}
