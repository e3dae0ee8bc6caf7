"""Rounds of requests, each of another seed, and what came of them."""

import re
import secrets
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

from bench.progress import say
from items.models import Item
from items.spreadsheets.csv_import import SpreadsheetError, import_csv
from itemsite.tests.clone import Clone, Server
from itemsite.tests.hostile import doors, made_up
from itemsite.tests.hostile.schema_run import cursors_of, run_schemathesis
from itemsite.tests.hostile.witness import Witness

ROUND_EXAMPLES = 300  # of a door
SCHEMA_SHARE = 0.25  # of the time
SLOW_SECONDS = 5
long = settings(
    max_examples=ROUND_EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def run(clone: Clone, server: Server, minutes: float) -> bool:
    """Try for so long, print what came of it, and tell whether all was well."""
    failures: dict[str, str] = {}  # by kind, the first of each
    schema_seconds = minutes * 60 * SCHEMA_SHARE
    ends_at = time.monotonic() + minutes * 60 - schema_seconds
    files: Counter[str] = Counter()
    with closing(Witness(clone, server)) as witness:
        while time.monotonic() < ends_at:
            for door in doors.DOORS:
                strategy = doors.DOORS[door](witness.credentials)
                _try(door, strategy, lambda sent, door=door: witness.try_out(door, sent), failures)
            _try("file", made_up.files, lambda content: _try_file(content, files), failures)
            say(f"{witness.requests.total():,} requests, {len(failures)} kinds of failure")
    _try_schema(clone, server, witness.credentials.key, int(schema_seconds), failures)
    _report(witness, files, failures)
    return not failures and witness.slowest_seconds < SLOW_SECONDS


def _try(door: str, strategy: SearchStrategy, act: Callable, failures: dict[str, str]) -> None:
    number = secrets.randbits(64)

    @seed(number)
    @long
    @given(strategy)
    def hold(sent):
        act(sent)

    try:
        hold()
    except (Exception, ExceptionGroup) as error:
        kind = f"{door}: {type(error).__name__}: {str(error)[:200]}"
        if kind not in failures:
            failures[kind] = "".join(traceback.format_exception(error))
            say(f"seed {number}: {failures[kind]}")


def _try_file(content: bytes, files: Counter[str]) -> None:
    before = set(Item.objects.values_list("id", flat=True))
    try:
        count = import_csv(BytesIO(content), lambda length: None)
        files["taken"] += 1
    except SpreadsheetError:
        count = 0
        files["refused"] += 1
    made = Item.objects.exclude(id__in=before)
    assert Item.objects.count() == len(before) + count
    made.delete()


def _try_schema(
    clone: Clone, server: Server, key: str, seconds: int, failures: dict[str, str]
) -> None:
    say(f"schemathesis for {seconds} s")
    Item.objects.bulk_create([Item(name="Book"), Item(name="Notebook")])
    limits = ["--max-time", str(max(1, seconds)), "--request-timeout", str(SLOW_SECONDS)]
    header = ["--header", f"Authorization: Bearer {key}"]
    ended = run_schemathesis(
        clone, server, cursors_of(server), Path(clone.folder), *limits, *header
    )
    print("\n".join(re.findall(r"^.*(?:generated|Seed:).*$", ended.stdout, re.MULTILINE)))
    if ended.returncode:
        failures["schemathesis"] = ended.stdout


def _report(witness: Witness, files: Counter[str], failures: dict[str, str]) -> None:
    print("\ndoor: requests, by status (0: hung up on)")
    for door in doors.DOORS:
        found = {status: n for (of, status), n in witness.requests.items() if of == door}
        statuses = ", ".join(f"{status} {found[status]:,}" for status in sorted(found))
        print(f"{door}: {sum(found.values()):,}: {statuses}")
    print(f"file: {files.total():,}: {', '.join(f'{end} {n:,}' for end, n in files.items())}")
    print(f"slowest answer: {witness.slowest_seconds:.2f} s")
    print(f"kinds of failure: {len(failures)}")
    for kind, text in failures.items():
        print(f"\n{kind}\n{text}")
