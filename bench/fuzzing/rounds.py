"""Rounds of made-up requests, each with another seed, and a report of them."""

import io
import re
import secrets
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy

from bench.progress import say
from itemsite.tests.clone import Clone, Server
from itemsite.tests.hostile import doors, made_up
from itemsite.tests.hostile.schema.run import cursors_of, run_schemathesis
from itemsite.tests.hostile.witness import Witness

ROUND_EXAMPLES = 300  # of a door
SCHEMA_SHARE = 0.25  # of the time
SLOW_SECONDS = 5
TWO_BOOKS = "INSERT INTO items_item (name) VALUES ('Book'), ('Notebook')"
long = settings(
    max_examples=ROUND_EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def run(clone: Clone, server: Server, minutes: float) -> bool:
    """Try for so many minutes, print a report, and tell whether all was well."""
    failures: dict[str, str] = {}  # by kind, the first of each
    files: Counter[str] = Counter()
    schema_seconds = minutes * 60 * SCHEMA_SHARE
    ends_at = time.monotonic() + minutes * 60 - schema_seconds
    file = Path(clone.folder, "items.csv")
    with closing(Witness(clone, server)) as witness:
        while time.monotonic() < ends_at:
            for door in doors.DOORS:
                strategy = doors.DOORS[door](witness.credentials)
                _try(door, strategy, lambda sent, door=door: witness.try_out(door, sent), failures)
            _try(
                "file",
                made_up.files,
                lambda content: _import(content, file, witness, files),
                failures,
            )
            say(f"{witness.requests.total():,} requests, {len(failures)} kinds of failure")
        witness.database.execute(TWO_BOOKS)
        _try_schema(clone, server, witness.credentials.key, int(schema_seconds), failures)
    _report(witness, files, failures)
    return not failures and witness.slowest_seconds < SLOW_SECONDS


def _try(door: str, strategy: SearchStrategy, act: Callable, failures: dict[str, str]) -> None:
    number = secrets.randbits(64)

    @seed(number)
    @long
    @given(strategy)
    def try_out(sent):
        act(sent)

    try:
        try_out()
    except (Exception, ExceptionGroup) as error:
        kind = f"{door}: {type(error).__name__}: {str(error)[:200]}"
        if kind not in failures:
            failures[kind] = "".join(traceback.format_exception(error))
            say(f"seed {number}: {failures[kind]}")


def _import(content: bytes, file: Path, witness: Witness, files: Counter[str]) -> None:
    """Import a file, which must do what the command says; delete its items again."""
    file.write_bytes(content)
    before, output, count = witness.rows(), io.StringIO(), 0
    try:
        call_command("import_items", str(file), other_columns="keep", stdout=output, no_color=True)
    except (CommandError, SystemExit):
        pass  # the status says that rows were left out
    if told := re.match(r"Imported ([\d,]+)", output.getvalue()):
        count = int(told[1].replace(",", ""))
    files["imported" if count else "refused"] += 1
    after = witness.rows()
    assert len(after) == len(before) + count
    assert before.items() <= after.items()
    witness.database.execute("DELETE FROM items_item WHERE id <> ALL(%s)", [list(before)])


def _try_schema(
    clone: Clone, server: Server, key: str, seconds: int, failures: dict[str, str]
) -> None:
    say(f"schemathesis for {seconds} s")
    limits = ["--max-time", str(max(1, seconds)), "--request-timeout", str(SLOW_SECONDS)]
    header = ["--header", f"Authorization: Bearer {key}"]
    ended = run_schemathesis(
        clone, server, cursors_of(server), Path(clone.folder), *limits, *header
    )
    print("\n".join(re.findall(r"^.*(?:generated|Seed:).*$", ended.stdout, re.MULTILINE)))
    if ended.returncode:
        failures["schemathesis"] = ended.stdout


def _report(witness: Witness, files: Counter[str], failures: dict[str, str]) -> None:
    print("\ndoor: requests, by status (0: the server closed the connection)")
    for door in doors.DOORS:
        found = {status: n for (of, status), n in witness.requests.items() if of == door}
        statuses = ", ".join(f"{status} {found[status]:,}" for status in sorted(found))
        print(f"{door}: {sum(found.values()):,}: {statuses}")
    print(f"file: {files.total():,}: {', '.join(f'{end} {n:,}' for end, n in files.items())}")
    print(f"slowest answer: {witness.slowest_seconds:.2f} s")
    print(f"kinds of failure: {len(failures)}")
    for kind, text in failures.items():
        print(f"\n{kind}\n{text}")
