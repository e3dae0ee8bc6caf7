"""Rows as COPY's text format: line, id, the fields, other columns, problem."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from items.spreadsheets.reader.columns import Columns, find_header, fold
from items.spreadsheets.reader.encoding import UNREADABLE, without_unreadable
from items.spreadsheets.reader.records import Record
from items.spreadsheets.reader.table import Table

SAMPLE = 200  # records that are looked at before the first is written
BATCH = 500  # rows that are written at once
NULL = r"\N"
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})

# How a line of sums begins
SUMS = (
    *("total", "totals", "sum", "sums", "grandtotal", "subtotal", "summe", "gesamt"),
    *("gesamtsumme", "zwischensumme", "insgesamt", "totale", "totaal", "somme", "suma", "summa"),
)


class Output:
    """The head, blocks of rows, and afterwards what was seen on the way."""

    def __init__(self, has_head: bool = False) -> None:
        self.has_head = has_head  # then a refusal goes to the standard error
        self.write = sys.stdout.buffer.write

    def head(self, head: dict) -> None:
        self.has_head = True
        self.write(_json(head).encode() + b"\n")

    def rows(self, rows: Iterable[str]) -> None:
        rows = iter(rows)
        while batch := "".join(islice(rows, BATCH)):
            self.write(batch.encode())

    def says(self, says: list[dict]) -> None:
        sys.stderr.write(_json({"says": says}) + "\n")

    def refuse(self, facts: dict) -> None:
        sys.stdout.flush()
        out = sys.stderr if self.has_head else sys.stdout
        print(_json({"refused": facts}), file=out, flush=True)


def _json(facts: dict) -> str:
    return json.dumps(_readable(facts))


def _readable(fact: object) -> object:
    """Return what the file is said to contain without what PostgreSQL and HTML cannot."""
    if isinstance(fact, dict):
        return {name: _readable(value) for name, value in fact.items()}
    if isinstance(fact, list):
        return [_readable(value) for value in fact]
    return without_unreadable(fact) if isinstance(fact, str) else fact


def escape(text: str) -> str:
    return text.translate(ESCAPES)


class Layout:
    """Where the rows of a table begin, and what its columns are."""

    def __init__(self, table: Table, options: dict) -> None:
        sample = list(islice(table.records, SAMPLE))
        index = find_header(sample, options)
        first = 0 if index is None else index + 1
        header = None if index is None else sample[index][1]
        self.above = [] if index is None else [row for row in sample[:index] if any(row[1])]
        self.header = header
        self.header_line = None if index is None else sample[index][0]
        self.columns = Columns(header, sample[first:], options)
        self.records: Iterator[Record] = chain(sample[first:], table.records)

    def says(self) -> list[dict]:
        titles = [
            {"code": "title", "line": line, "text": " ".join(filter(None, cells))[:200]}
            for line, cells, _ in self.above
        ]
        return titles if self.header_line else [{"code": "no_header"}]


def write_rows(table: Table, options: dict, out: Output) -> None:
    layout = Layout(table, options)
    read = table.about | {"header_line": layout.header_line} | layout.columns.about()
    says = [*table.says, *layout.says(), *layout.columns.says]
    out.head({"read": read, "is_text": table.is_text, "says": says})
    rows = Rows(table, layout, list(options["fields"]))
    out.rows(rows)
    out.says(rows.says())


class Rows:
    def __init__(self, table: Table, layout: Layout, fields: Sequence[str]) -> None:
        self._records = layout.records
        self._columns = layout.columns
        self._is_clean = table.is_clean
        self._encoding = table.encoding.name if table.encoding else ""
        names = ("id", *fields)
        self._places = [(name, self._columns.fields.get(name)) for name in names]
        self._picked = [place for _, place in self._places if place is not None]
        # %s for the line and for each column that the file has
        parts = [NULL if place is None else "%s" for _, place in self._places]
        self._template = "\t".join(["%s", *parts, "%s", "%s\n"])
        self._last: tuple[int, list[str]] | None = None

    def __iter__(self) -> Iterator[str]:
        columns, picked, template = self._columns, self._picked, self._template
        most, others, is_clean = columns.most, bool(columns.others), self._is_clean
        for line, cells, fault in self._records:
            if fault or len(cells) != most or not is_clean:
                problem, cells = self._judge(cells, fault)
            else:
                problem = NULL
            texts = [cells[place] for place in picked] if cells else []
            joined = "".join(texts)
            if not joined.strip() and not any(map(str.strip, cells)):
                continue  # an empty line
            if "\\" in joined or "\n" in joined or "\t" in joined or "\r" in joined:
                texts = map(escape, texts)
            self._last = line, cells
            yield template % (line, *texts, self._extra(cells) if others else NULL, problem)

    def _extra(self, cells: list[str]) -> str:
        filled = [(head, cells[i].strip()) for i, head in self._columns.others if cells[i].strip()]
        lines = "\n".join(f"{head}: {text}" for head, text in filled)
        return escape(lines.replace("\r\n", "\n").replace("\r", "\n")) if lines else NULL

    def _judge(self, cells: list[str], fault: dict | None) -> tuple[str, list[str]]:
        """Return the problem and the cells, as many as there are columns."""
        most = self._columns.most
        if not any(map(str.strip, cells)):
            return NULL, []
        fault = fault or self._fault_of_width(cells)
        problems = [{"column": None} | fault] if fault else self._unreadable(cells)
        cells = [without_unreadable(cell) for cell in cells] if not self._is_clean else cells
        text = escape(json.dumps(problems)) if problems else NULL
        return text, cells[:most] + [""] * (most - len(cells))

    def _fault_of_width(self, cells: list[str]) -> dict | None:
        columns = self._columns
        if len(cells) < columns.fewest:
            return {"code": "too_few_cells", "cells": len(cells), "columns": columns.fewest}
        beyond = [i for i, cell in enumerate(cells) if i >= columns.most and cell.strip()]
        if beyond:
            return {"code": "too_many_cells", "cells": beyond[-1] + 1, "columns": columns.most}
        return None

    def _unreadable(self, cells: list[str]) -> list[dict]:
        if self._is_clean or not UNREADABLE.search("".join(cells)):
            return []
        fields = {place: name for name, place in self._places}
        problems = [
            {"column": fields.get(place)} | self._unreadable_cell(cell)
            for place, cell in enumerate(cells)
            if UNREADABLE.search(cell)
        ]
        return problems[:10]

    def _unreadable_cell(self, cell: str) -> dict:
        if "\0" in cell:
            return {"code": "null_character"}
        return {"code": "not_utf8" if self._encoding == "utf-8" else "not_in_encoding"} | (
            {} if self._encoding == "utf-8" else {"encoding": self._encoding}
        )

    def says(self) -> list[dict]:
        """Return what is known when all rows are written."""
        if self._last is None:
            return [{"code": "no_rows"}]
        line, cells = self._last
        name = self._columns.fields.get(self._places[1][0])
        others = [cell for i, cell in enumerate(cells) if i != name and cell.strip()]
        if name is None or fold(cells[name]) not in SUMS or not others:
            return []
        return [{"code": "sum_line", "line": line}] if all(map(_is_number, others)) else []


def _is_number(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))
