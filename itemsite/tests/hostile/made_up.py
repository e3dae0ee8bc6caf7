"""What Hypothesis makes up: texts, JSON, queries, files; much of it is nearly right."""

import json
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import strategies as st

Strategy = st.SearchStrategy

ODD_TEXTS = (
    *("", " ", "\0", "a\0b", "\ud800", "\u202e", "\ufeff", "\u2028", "\x1b[2J", "%", "_", "\\"),
    *("%s", "{0}", "%00", "\r\nX: y", "=1+1", "<script>", "' OR 1=1 --", "\u0130", "\ufdfa" * 200),
    *("e\u0301" * 100, "\U0001f600" * 200, "x" * 200, "x" * 201, "-1", "9" * 19, "1" * 5000),
    *("NaN", "1e999", "\u0661", "0x10", "null", "[]", "2026-11-22T10:00:00+00:00", "0001-01-01"),
    *("9999-12-31T23:59:59-23:59", "infinity", "now", "newest", "name", "changed", "__proto__"),
)
mostly = st.sampled_from([True] * 7 + [False])
any_text = st.sampled_from(ODD_TEXTS) | st.text(st.characters(), max_size=20)
line_bytes = st.binary(max_size=30).map(lambda some: some.decode("latin-1"))
header_line = line_bytes.map(lambda line: line.replace("\r", "").replace("\n", ""))
any_words = st.lists(
    st.sampled_from(["first", "f", "frist", "th", "%", "_", "\\", "\u0130", "x" * 50]) | any_text,
    min_size=1,
    max_size=3,
).map(" ".join)
item_id = st.integers(0, 6) | st.sampled_from([2**31, 2**63 - 1, 2**63, 10**30])
scalar = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | item_id | any_text
)
any_json = st.recursive(
    scalar,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)
item_text = st.text(max_size=30) | st.sampled_from([" Book ", "x" * 10_000, "a\nb", "\ufdfa" * 200])
fields = st.fixed_dictionaries(
    {"name": item_text | any_text | scalar},
    optional={"description": item_text | any_text | any_json, "id": item_id, "json": any_text},
)
good_fields = st.fixed_dictionaries({"name": item_text}, optional={"description": item_text})


@st.composite
def written(draw: Callable, document: Strategy) -> bytes:
    """JSON as bytes, now and then with some of them changed."""
    text = json.dumps(draw(document), ensure_ascii=draw(st.booleans()))
    return draw(damaged(st.just(text.encode("utf-8", "surrogatepass"))))


@st.composite
def damaged(draw: Callable, whole: Strategy) -> bytes:
    data = draw(whole)
    if draw(mostly):
        return data
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, len(data)))
    return data[:start] + draw(st.binary(max_size=5)) + data[end:]


def quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def query(name: Strategy, value: Strategy) -> Strategy[str]:
    pairs = st.lists(st.tuples(name, value), max_size=4)
    return pairs.map(
        lambda found: "&".join(f"{quoted(name)}={quoted(value)}" for name, value in found)
    )


# Files of import_items

cell = any_text | item_text
rows = st.lists(st.lists(cell, max_size=3), max_size=4)
header = st.sampled_from(["name", "name,description", "description;name", "name\tname", "", "id"])


def _csv(header: str, rows: list[list[str]], separator: str, end: str) -> bytes:
    lines = [header, *(separator.join(row) for row in rows)]
    return end.join(lines).encode("utf-8", "surrogatepass")


def _quoted_csv(header: str, rows: list[list[str]], separator: str, end: str) -> bytes:
    cells = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    return _csv(header, cells, separator, end)


good_rows = st.lists(st.lists(item_text, min_size=2, max_size=2), max_size=4)
separator, line_end = st.sampled_from([",", ";", "\t", " "]), st.sampled_from(["\n", "\r\n", "\r"])
files = (
    damaged(st.builds(_csv, header, rows, separator, line_end))
    | damaged(st.builds(_quoted_csv, header, rows, separator, line_end))
    | st.builds(_quoted_csv, st.just("name,description"), good_rows, st.just(","), line_end)
    | st.binary(max_size=60)
)
