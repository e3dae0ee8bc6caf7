"""Which row names the columns, and which column fills which field."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from items.spreadsheets.reader.encoding import without_unreadable
from items.spreadsheets.reader.kinds import Refused
from items.spreadsheets.reader.records import Record

HEADER_WITHIN = 10  # rows
OTHERS_KEPT = 50  # more columns than that are no lines of a text
HEADS_SHOWN = 100
HEAD_LENGTH = 200  # characters
IGNORED = ("created_at", "updated_at", "error")  # exports and files of errors have them

BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u00ad\u200b-\u200f\u2060\ufeff]+")


@lru_cache(maxsize=10_000)
def fold(head: str) -> str:
    """Return a name of a column without case, accents, spaces and hyphens."""
    if len(head) > HEAD_LENGTH:
        return ""
    letters = unicodedata.normalize("NFKD", BETWEEN.sub("", head)).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c)).rstrip(":*")


def known_cells(cells: Iterable[str], options: dict) -> int:
    """Count the cells that are known names of columns."""
    known = _known(options)
    return len({fold(cell) for cell in cells} & known)


def _known(options: dict) -> set[str]:
    known = {fold(word) for words in options["fields"].values() for word in words}
    return known | {"id"} | {fold(name) for name in IGNORED}


def find_header(sample: Sequence[Record], options: dict) -> int | None:
    """Return the index of the row that names the columns; None: no row does."""
    wanted = options.get("header", "guess")
    if wanted == "absent":
        return None
    if wanted != "guess":
        for index, (line, cells, fault) in enumerate(sample):
            if line == wanted and cells and fault is None:
                return index
        raise Refused("no_header_line", line=wanted)
    return _guess_header(sample, options)


def _guess_header(sample: Sequence[Record], options: dict) -> int | None:
    names = {fold(word) for word in next(iter(options["fields"].values()))}
    rows = [(i, row[1], row[2]) for i, row in enumerate(sample) if _filled(row[1])]
    widest = 0  # cells that are filled in a row above
    for index, cells, fault in rows[:HEADER_WITHIN]:
        folded = {fold(cell) for cell in cells}
        count = known_cells(cells, options)
        is_header = bool(folded & names) or ("id" in folded and count > 1)
        # A row among others as full as itself is one of them, even if a cell says "Item".
        if is_header and fault is None and (count > 1 or widest < max(2, _filled(cells))):
            return index
        widest = max(widest, _filled(cells))
    return None


def _filled(cells: Iterable[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def letter(index: int) -> str:
    """Return what spreadsheets call a column: A, B, ... Z, AA, AB..."""
    text = ""
    while index >= 0:
        text = chr(65 + index % 26) + text
        index = index // 26 - 1
    return text


def assign(heads: Sequence[str], options: dict) -> dict[str, int]:
    """Return the index of the column of each field that has one; and that of `id`."""
    first: dict[str, int] = {}
    for index, head in enumerate(heads):
        first.setdefault(fold(head), index)
    first.pop("", None)
    found: dict[str, int] = {}
    fields = {"id": ["id"]} | options["fields"]
    for own in (True, False):  # a field's own name before the words that are like it
        for field, words in fields.items():
            for word in words[:1] if own else words[1:]:
                place = first.get(fold(word))
                if field not in found and place is not None and place not in found.values():
                    found[field] = place
    return found


class Columns:
    """The columns of a table: heads, what they fill, and what is done with the others."""

    def __init__(self, header: list[str] | None, sample: Sequence[Record], options: dict) -> None:
        widest = max((len(cells) for _, cells, fault in sample if fault is None), default=0)
        self.most = len(header) if header is not None else widest
        cells = map(without_unreadable, header or [])
        named = [" ".join(cell.split())[:HEAD_LENGTH] for cell in cells]
        used = {i for _, cells, _ in sample for i, cell in enumerate(cells) if cell.strip()}
        used = {i for i in used if i < self.most} | {i for i, head in enumerate(named) if head}
        self.fewest = max((i + 1 for i, head in enumerate(named) if head), default=0)
        self.heads = [(named[i : i + 1] or [""])[0] or letter(i) for i in range(self.most)]
        self.fields = self._fields(named, options)
        ignored = self._ignored(named, options)
        taken = set(self.fields.values()) | ignored
        others = [i for i in range(self.most) if i not in taken]
        self.other_heads = [self.heads[i] for i in others if i in used]
        self.says: list[dict] = []
        self.refuses_others = options.get("other_columns") == "refuse"
        is_kept = self._judge_others(options)
        self.others = [(i, self.heads[i]) for i in others] if is_kept else []
        self._tell_doubles(named)

    def _fields(self, named: list[str], options: dict) -> dict[str, int]:
        found = assign(named, options)
        fields = list(options["fields"])
        taken = {*found.values(), *self._ignored(named, options)}
        free = [i for i in range(self.most) if i not in taken]
        if not set(found) - {"id"}:  # no name is known: by their places
            found |= dict(zip(fields[:2], free, strict=False))
        elif fields[0] not in found and "id" not in found:
            found |= dict(zip(fields[:1], free, strict=False))
        for field, index in (options.get("columns") or {}).items():
            found.pop(field, None)
            if isinstance(index, int) and 0 <= index < self.most:
                found = {f: i for f, i in found.items() if i != index} | {field: index}
        if options.get("ids") == "leave":
            found.pop("id", None)
        return found

    def _ignored(self, named: list[str], options: dict) -> set[int]:
        names = {fold(name) for name in IGNORED}
        names |= {"id"} if options.get("ids") == "leave" else set()
        return {i for i, head in enumerate(named) if fold(head) in names}

    def _judge_others(self, options: dict) -> bool:
        count = len(self.other_heads)
        few = self.other_heads[:OTHERS_KEPT]
        if self.refuses_others and count:
            raise Refused("unknown_columns", columns=few[:5], count=count)
        is_kept = options.get("other_columns") != "leave" and count <= OTHERS_KEPT
        if count > OTHERS_KEPT:
            self.says.append({"code": "too_many_columns", "count": count, "limit": OTHERS_KEPT})
        elif count:
            code = "columns_kept" if is_kept else "columns_left_out"
            self.says.append({"code": code, "columns": few, "count": count})
        return is_kept

    def _tell_doubles(self, named: list[str]) -> None:
        seen: set[str] = set()
        for head in named[:HEADS_SHOWN]:
            if head and fold(head) in seen:
                self.says.append({"code": "column_twice", "column": head})
            seen.add(fold(head))

    def about(self) -> dict:
        return {
            "columns": {field: self.heads[index] for field, index in self.fields.items()},
            "other_columns": self.other_heads[:OTHERS_KEPT],
            "heads": self.heads[:HEADS_SHOWN],
        }
