"""Read a file as the site does, with its rows as texts again."""

import json
import re

from items.models.item import WRITABLE
from items.spreadsheets import reading
from items.spreadsheets.problems import sentence
from items.spreadsheets.reader import program
from items.spreadsheets.reader.kinds import Refused
from items.spreadsheets.reader.rows import Output

COLUMNS = ("line", "id", *WRITABLE, "extra", "problem")
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


class Read:
    def __init__(self, head, says, text):
        self.head = head
        self.read = head["read"]
        self.says = [sentence(facts) for facts in says]
        self.codes = [facts["code"] for facts in says]
        self.rows = [row_of(line) for line in text.split("\n")[:-1]]

    def texts(self, *columns):
        return [tuple(row[column] for column in columns) for row in self.rows]

    def faults(self):
        return {
            row["line"]: [(fault["column"], fault["code"]) for fault in row["problem"]]
            for row in self.rows
            if row["problem"]
        }


def row_of(line):
    row = dict(zip(COLUMNS, map(_cell, line.split("\t")), strict=True))
    problem = json.loads(row["problem"]) if row["problem"] else []
    return row | {"line": int(row["line"]), "problem": problem}


def _cell(text):
    return None if text == r"\N" else re.sub(r"\\(.)", lambda found: ESCAPED[found[1]], text)


def read_file(path, **options):
    """Read it in a process, as the site does."""
    options = {"other_columns": "keep"} | options
    with reading.read(path, reading.reader_options(**options)) as found:
        text = b"".join(found.blocks()).decode()
        return Read(found.head, found.says, text)


class _Collected(Output):
    def __init__(self):
        self.blocks = []
        self.said = []
        self.has_head = False
        self.write = self.blocks.append

    def says(self, says):
        self.said = says


def read_here(path, **options):
    """Read it in this process, which is quicker."""
    chosen = reading.reader_options(**{"other_columns": "keep"} | options)
    out = _Collected()
    try:
        program.read(str(path), chosen, out)
    except Refused as refused:
        raise reading.Refused(refused.facts)
    head = json.loads(out.blocks[0])
    return Read(head, head["says"] + out.said, b"".join(out.blocks[1:]).decode())


def read_text(folder, text, **options):
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_here(path, **options)
