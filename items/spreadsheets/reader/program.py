"""Read a spreadsheet of any kind; write what was found, then its rows as COPY's text format.

The process has limits of its own and may die of them: reading.py starts it and says what happened.
The first line of the output is the head, a line of JSON; {"refused": ...} and exit status 2 if the
file cannot be read. What is only known at the end goes to the standard error, as JSON too.
"""

import csv
import json
import resource
import signal
import sys

from items.spreadsheets.reader.kinds import Refused, recognise
from items.spreadsheets.reader.records import LONGEST
from items.spreadsheets.reader.rows import Output, write_rows
from items.spreadsheets.reader.table import open_table

MEMORY = 1 << 30  # bytes
CPU_SECONDS = 60
REFUSED = 2  # exit status


def main(path: str, options_text: str) -> int:
    _limit_resources()
    csv.field_size_limit(LONGEST + 1)  # by itself Python reads no more than 131,072
    options = json.loads(options_text)
    out = Output(has_head=options["mode"] == "left_out")
    try:
        read(path, options, out)
    except Refused as refused:
        out.refuse(refused.facts)
    except MemoryError:
        out.refuse({"code": "too_large"})
    else:
        sys.stdout.flush()
        return 0
    return REFUSED


def read(path: str, options: dict, out: Output) -> None:
    # What only some files need is imported for them alone: a start takes 20 ms.
    kind, encoding = recognise(path, options.get("encoding"))
    if options["mode"] == "left_out":
        from items.spreadsheets.reader.left_out import write_left_out

        write_left_out(path, kind, encoding, options)
    elif kind in ("json", "ndjson"):
        from items.spreadsheets.reader.objects import write_objects

        write_objects(path, kind, encoding, options, out)
    else:
        write_rows(open_table(path, kind, encoding, options), options, out)


def _limit_resources() -> None:
    # Who started it may be gone: then it ends at the next write, without a traceback.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _lower(resource.RLIMIT_AS, MEMORY)
    _lower(resource.RLIMIT_CPU, CPU_SECONDS)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, most: int) -> None:
    hard = resource.getrlimit(limit)[1]
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(limit, (value, value))
    except (ValueError, OSError):
        pass  # macOS has none of memory; the sizes of workbooks are checked before they are read
