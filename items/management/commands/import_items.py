import json
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from tqdm import tqdm

from items.changes.recording import Author
from items.database.faults import Fault, fault_of, told
from items.database.sql import Busy
from items.management.output import tell, try_to_write
from items.models import Upload
from items.models.item import WRITABLE
from items.spreadsheets import reading
from items.spreadsheets.staging import (
    Choices,
    Rights,
    apart,
    left_out_rows,
    report,
    run_import,
    stage,
)

ALL = Rights(may_add=True, may_change=True)
LEFT_OUT, NOTHING, UNKNOWN = 1, 2, 3  # exit statuses
SHOWN_MAX = 20  # rows that are left out, without --report
HOW = " Add --other-columns keep or --other-columns leave."


class Command(BaseCommand):
    help = (
        "Import a spreadsheet: .xlsx, .xls, .ods, CSV, TSV, JSON or NDJSON. Its columns are found"
        f" by their names: id, {', '.join(WRITABLE)}. A row with an id changes that item, a row"
        " with the name of one item changes it; all others are added. Rows that are wrong,"
        " repeated, or close to an item are left out. Exit status: 0 if all rows are in the list,"
        " 1 if some were left out, 2 if nothing was imported, 3 if the connection broke."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the spreadsheet; - reads it from the standard input")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be done")
        parser.add_argument(
            "--other-columns",
            choices=("refuse", "keep", "leave"),
            default="refuse",
            help="other columns: refuse the file, keep them as lines of the description, or leave"
            " them out",
        )
        parser.add_argument("--header", choices=("guess", "absent"), default="guess")
        parser.add_argument(
            "--close",
            choices=("leave", "add", "change"),
            default="leave",
            help="rows that look like an item: leave them out, add them, or change that item",
        )
        parser.add_argument("--repeated", choices=("leave", "add"), default="leave")
        parser.add_argument(
            "--total",
            choices=("add", "leave"),
            default="add",
            help="the last line, if it looks like a sum of the others: add it, or leave it out",
        )
        parser.add_argument(
            "--unknown-ids",
            choices=("leave", "add"),
            default="leave",
            help="rows whose id does not exist: leave them out, or add them with a new one",
        )
        parser.add_argument("--ids", choices=("guess", "use", "leave"), default="guess")
        parser.add_argument("--encoding", help="of a text, such as cp1252")
        parser.add_argument("--separator", help="of the cells of a text")
        parser.add_argument("--sheet", help="of a workbook")
        parser.add_argument("--report", action="store_true", help="write the report as JSON")
        parser.add_argument(
            "--left-out", metavar="FILE", help="write the rows that are left out, with the reason"
        )

    def handle(self, *, file: str, **options) -> None:
        try:
            with _path_of(file) as path:
                upload, report_of_rows = _import(path, file, options)
        except psycopg.errors.UndefinedTable as error:
            raise _nothing("The database has no tables yet. Run: manage.py migrate") from error
        except Busy as error:
            raise _nothing(f"{file}: others are changing the same items. Try again.") from error
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            fault = fault_of(error)
            if fault is None:
                raise
            if fault is not Fault.BROKEN:
                raise _nothing(f"{file}: {told(fault, is_write=True)}") from error
            raise CommandError(
                f"{file}: the connection to the database broke ({_first_line(error)}). Look whether"
                " the items are in the list before you import the file again.",
                returncode=UNKNOWN,
            ) from error
        except OSError as error:
            raise _nothing(f"{file}: {error.strerror}. Nothing was imported.") from error
        except reading.Refused as refused:
            how = HOW if refused.facts["code"] == "unknown_columns" else ""
            raise _nothing(f"{file}: {refused}{how} Nothing was imported.") from refused
        self._tell(upload, report_of_rows, file, is_json=options["report"])
        if left_out := _count_left_out(upload):
            raise SystemExit(LEFT_OUT if left_out < sum(upload.counts.values()) else NOTHING)

    def _tell(self, upload: Upload, told: dict, file: str, *, is_json: bool) -> None:
        result = _result(upload, file)
        text = json.dumps(told, indent=1) if is_json else "\n".join([result, *_remarks(told)])
        # The items are saved, so the exit status does not change: whoever tried again would be
        # told of no error.
        if failure := try_to_write(self.stdout, text):
            tell(f"{result} This could not be written to the output: {failure.strerror}.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _nothing(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=NOTHING)


@contextmanager
def _path_of(file: str) -> Iterator[Path]:
    if file != "-":
        with open(file, "rb"):  # a missing file is named here
            pass
        yield Path(file)
        return
    with NamedTemporaryFile(prefix="itemsite-file-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)


def _import(path: Path, file: str, options: dict) -> tuple[Upload, dict]:
    name = "standard input" if file == "-" else path.name
    chosen = {key: options[key] for key in ("other_columns", "header", "ids")}
    chosen |= {key: options[key] for key in ("encoding", "separator", "sheet")}
    for_reader = reading.reader_options(**chosen)
    with reading.read(path, for_reader) as read:
        about = {**read.head, "says": read.says}
        upload = Upload(file_name=name, options=options, about=about)
        with apart():
            stage(upload, _with_bar(read.blocks()), ALL, timeout_ms=0)
            if not options["dry_run"]:
                choices = Choices(*(options[name] for name in Choices._fields))
                author = Author("import", detail=name)
                run_import(upload, author, ALL, choices, timeout_ms=0)
            if options["left_out"]:
                _write_left_out(upload, path, for_reader, options["left_out"])
            told = report(upload)
    if upload.result and upload.result["new"]:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE items_item")
    return upload, told


def _with_bar(blocks: Iterator[bytes]) -> Iterator[bytes]:
    with tqdm(unit=" rows", unit_scale=True, disable=None) as bar:
        for block in blocks:
            yield block
            bar.update(block.count(b"\n"))


def _write_left_out(upload: Upload, path: Path, for_reader: dict, target: str) -> None:
    with open(target, "wb") as cells:
        for block in reading.left_out(path, for_reader, left_out_rows(upload.pk)):
            cells.write(block)


def _count_left_out(upload: Upload) -> int:
    return sum(
        count
        for status, count in upload.counts.items()
        if status not in ("new", "changed", "unchanged")
    )


def _result(upload: Upload, file: str) -> str:
    counts = upload.result or upload.counts
    new, changed = counts.get("new", 0), counts.get("changed", 0)
    did = "Imported" if upload.result else "Would import"
    parts = [f"{did} {new:,} {'item' if new == 1 else 'items'} from {file}."]
    parts += [f"Changed: {changed:,}."] if changed else []
    if unchanged := upload.counts.get("unchanged"):
        parts.append(f"In the list already: {unchanged:,}.")
    if left_out := _count_left_out(upload):
        parts.append(f"Left out: {left_out:,}.")
    return " ".join(parts)


def _remarks(told: dict) -> list[str]:
    rows = [row for row in told["rows"] if row["errors"]]
    lines = [f"line {row['line']}, {_reasons(row)}" for row in rows[:SHOWN_MAX]]
    more = ["... and more; --report tells all."] if len(rows) > SHOWN_MAX else []
    return [*told["says"], *lines, *more]


def _reasons(row: dict) -> str:
    return " ".join(
        f"column {error['column']}: {error['detail']}" if error["column"] else error["detail"]
        for error in row["errors"]
    )
