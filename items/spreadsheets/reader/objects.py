"""JSON: an array of objects, an object with such an array, or an object on each line (NDJSON)."""

import json
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import chain, islice

from items.spreadsheets.reader.columns import (
    HEAD_LENGTH,
    HEADS_SHOWN,
    IGNORED,
    OTHERS_KEPT,
    assign,
    fold,
)
from items.spreadsheets.reader.encoding import UNREADABLE, Encoding, without_unreadable
from items.spreadsheets.reader.json_text import Scanner
from items.spreadsheets.reader.kinds import Refused
from items.spreadsheets.reader.records import LONGEST
from items.spreadsheets.reader.rows import NULL, SAMPLE, Output, escape
from items.spreadsheets.reader.table import about_file

Object = tuple[int, object, dict | None, str]  # line or place, value, fault, the text of a bad line


def read_objects(path: str, kind: str, encoding: Encoding) -> Iterator[Object]:
    with encoding.open(path) as file:
        yield from _from_lines(file) if kind == "ndjson" else _from_array(file)


def _from_lines(file: Iterable[str]) -> Iterator[Object]:
    for line, text in enumerate(file, start=1):
        if len(text) > LONGEST:
            yield line, None, {"code": "too_long", "limit": LONGEST}, text
        elif text.strip():
            try:
                yield _judged(line, json.loads(text), text)
            except (ValueError, RecursionError):
                yield line, None, {"code": "not_json"}, text


def _judged(line: int, value: object, text: str = "") -> Object:
    return line, value, None if isinstance(value, dict) else {"code": "not_object"}, text


def _from_array(file: TextIOWrapper) -> Iterator[Object]:
    scanner = Scanner(file)
    single = scanner.enter_array()
    if single is not None:
        yield _judged(1, single)
        scanner.count = 1
        while scanner.peek():  # objects on several lines each, as of jq
            scanner.count += 1
            yield _judged(scanner.count, scanner.value())
        return
    while scanner.peek() not in ("]", ""):
        scanner.count += 1
        yield _judged(scanner.count, scanner.value())
        if scanner.peek() == ",":
            scanner.skip()
        elif scanner.peek() != "]":
            raise scanner.refusal()
    scanner.leave_array()


def write_objects(path: str, kind: str, encoding: Encoding, options: dict, out: Output) -> None:
    objects = read_objects(path, kind, encoding)
    sample = list(islice(objects, SAMPLE))
    keys = Keys(sample, options)
    read = about_file(kind, encoding=encoding.name) | {"header_line": None} | keys.about()
    out.head({"read": read, "is_text": False, "says": keys.says})
    out.rows(keys.row(*one) for one in chain(sample, objects))
    out.says([] if sample else [{"code": "no_rows"}])


class Keys:
    """Which key of the objects fills which field, as for the columns of a table."""

    def __init__(self, sample: list[Object], options: dict) -> None:
        found = (value for _, value, fault, _ in sample if fault is None)
        self.heads = list(dict.fromkeys(key for value in found for key in value))
        places = assign(self.heads, options)
        for field, index in (options.get("columns") or {}).items():
            places.pop(field, None)
            if isinstance(index, int) and 0 <= index < len(self.heads):
                places = {f: i for f, i in places.items() if i != index} | {field: index}
        leaves_ids = options.get("ids") == "leave"
        ignored = {fold(name) for name in IGNORED} | ({"id"} if leaves_ids else set())
        self.fields = {field: self.heads[place] for field, place in places.items()}
        if leaves_ids:
            self.fields.pop("id", None)
        self._names = ("id", *options["fields"])
        if self.heads and not {"id", self._names[1]} & set(self.fields):
            raise Refused("no_name", keys=_shortened(self.heads[:5]))
        self._ignored = {head for head in self.heads if fold(head) in ignored}
        self._ignored |= set(self.fields.values())
        self._others = [head for head in self.heads if head not in self._ignored]
        self.says: list[dict] = []
        self._is_kept = self._judge_others(options.get("other_columns"))

    def _judge_others(self, wanted: str | None) -> bool:
        count, few = len(self._others), _shortened(self._others[:OTHERS_KEPT])
        self._refuses = wanted == "refuse"
        if self._refuses and count:
            raise Refused("unknown_columns", columns=few[:5], count=count)
        is_kept = wanted != "leave" and count <= OTHERS_KEPT
        if count > OTHERS_KEPT:
            self.says.append({"code": "too_many_columns", "count": count, "limit": OTHERS_KEPT})
        elif count:
            code = "columns_kept" if is_kept else "columns_left_out"
            self.says.append({"code": code, "columns": few, "count": count})
        return is_kept

    def about(self) -> dict:
        return {
            "columns": {field: key[:HEAD_LENGTH] for field, key in self.fields.items()},
            "other_columns": _shortened(self._others[:OTHERS_KEPT]),
            "heads": _shortened(self.heads[:HEADS_SHOWN]),
        }

    def row(self, line: int, value: object, fault: dict | None, text: str) -> str:
        if not isinstance(value, dict):
            shown = escape(without_unreadable(text[:200].strip())) if text else NULL
            cells = [NULL, shown, *[NULL] * len(self._names[2:])]
            return _row(line, cells, NULL, [{"column": None} | (fault or {})])
        problems: list[dict] = []
        cells = [self._text(name, value, problems) for name in self._names]
        lines = [f"{key}: {_plain(value[key])}" for key in self._extra(value, problems)]
        extra = NULL if not lines else escape(without_unreadable("\n".join(lines)))
        return _row(line, cells, extra, problems)

    def _text(self, name: str, value: dict, problems: list[dict]) -> str:
        given = value.get(self.fields.get(name, ""))
        if given is None:
            return NULL
        if not isinstance(given, str):
            if name != "id":
                problems.append({"column": name, "code": "not_string"})
            given = _plain(given)
        if UNREADABLE.search(given):
            code = "null_character" if "\0" in given else "half_character"
            problems.append({"column": name, "code": code})
            given = without_unreadable(given)
        return escape(given)

    def _extra(self, value: dict, problems: list[dict]) -> list[str]:
        others = [key for key in value if key not in self._ignored and _plain(value[key]).strip()]
        others = [key for key in others if fold(key) not in IGNORED_FOLDED]
        if others and self._refuses:
            problems.append(
                {"column": None, "code": "unknown_columns", "columns": _shortened(others[:5])}
            )
        if UNREADABLE.search("".join(key + _plain(value[key]) for key in others)):
            problems.append({"column": None, "code": "half_character"})
        return others if self._is_kept else []


IGNORED_FOLDED = {fold(name) for name in IGNORED}


def _shortened(keys: list[str]) -> list[str]:
    return [key[:HEAD_LENGTH] for key in keys]


def _plain(value: object) -> str:
    """Return a value as a text; that of null is empty."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _row(line: int, cells: list[str], extra: str, problems: list[dict]) -> str:
    problem = escape(json.dumps(problems)) if problems else NULL
    return "\t".join([str(line), *cells, extra, problem]) + "\n"
