"""Stage the rows of a file: the rules of a row, then the comparison, both over all rows at once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.db import connection, transaction

from items.database.sql import limited
from items.database.statistics import renew_statistics
from items.models import Upload
from items.models.upload import Staged
from items.spreadsheets.staging import click_sql, comparison_sql, rules_sql
from items.spreadsheets.staging.choices import Rights

TIMEOUT_MS = 300_000  # of each statement; enough for a million rows
SETTINGS = {
    "work_mem": 65_536,  # kB
    "client_connection_check_interval": 1_000,  # ms: a statement ends if nobody waits for it
}
RENAMED_MIN = 3  # rows; from here on, more than half of them show that the ids are another list's
SNAPSHOT = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


class UploadGone(LookupError):
    """The upload was deleted, or a crash of PostgreSQL emptied its table."""


class UploadImported(Exception):
    """The upload was imported already; its rows stay as the import left them."""


def stage(
    upload: Upload, blocks: Iterable[bytes], rights: Rights, *, timeout_ms: int = TIMEOUT_MS
) -> dict[str, int]:
    """Stage an upload, whose `about` is what the reader said; return how many rows have a status.

    `blocks` are the reader's: COPY text of the columns in rules_sql.COPY. The upload is saved if it
    is in the database. Earlier rows of it are replaced. Raise TooLong; UploadGone or
    UploadImported if it was deleted or imported in the meantime.
    """
    renew_statistics()
    with limited(timeout_ms, SETTINGS, only_reads=False):
        if not upload._state.adding:  # the command's is not saved, so that it has no earlier rows
            _lock(upload)
            Staged.objects.filter(upload_id=upload.pk).delete()
        with connection.cursor() as cursor:
            _copy(cursor, blocks)
            found = _judge(cursor, upload)
            upload.seen = _one(cursor, SNAPSHOT)
            parameters = {"upload": upload.pk, **rights._asdict()}
            cursor.execute(comparison_sql.COMPARE, parameters)
            upload.counts = dict(cursor.fetchall())
            if upload.counts.keys() & {"close", "repeated"} or total_line(upload):
                upload.about = {**upload.about, "offers": _offers(cursor, upload)}
            cursor.execute("DROP TABLE raw, judged")
        _say(upload, found)
        upload.state, upload.result = "staged", None
        if not upload._state.adding:
            upload.save()
    return upload.counts


@contextmanager
def apart() -> Iterator[None]:
    """Run the block in a transaction with a temporary table instead of the shared items_staged.

    A failure leaves nothing behind, and nobody else sees the rows.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(click_sql.STAGE_APART)
        yield
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE pg_temp.items_staged")


def _lock(upload: Upload) -> None:
    """Keep others from importing or deleting the upload until the end of the transaction."""
    states = Upload.objects.select_for_update().filter(pk=upload.pk).values_list("state", flat=True)
    if not states:
        raise UploadGone
    if states[0] == "imported":
        raise UploadImported


def _copy(cursor, blocks: Iterable[bytes]) -> None:
    cursor.execute(rules_sql.RAW)
    with cursor.copy(rules_sql.COPY) as copy:
        for block in blocks:
            copy.write(block)
    cursor.execute("ANALYZE raw")


def _judge(cursor, upload: Upload) -> list[dict]:
    """Make the table judged; return what is to be said about the ids."""
    said = []
    is_text = {"is_text": bool(upload.about.get("is_text"))}
    _make_judged(cursor, is_text)
    if upload.options.get("ids") != "use":
        cursor.execute(rules_sql.COUNT_RENAMED)
        renamed, known = cursor.fetchone()
        if renamed >= RENAMED_MIN and renamed * 2 > known:
            said.append({"code": "ids_of_another_list", "count": renamed, "of": known})
            _judge_again(cursor, rules_sql.FORGET_IDS, is_text)
    unknown = _one(cursor, rules_sql.COUNT_UNKNOWN)
    if unknown and upload.options.get("unknown_ids") == "add":
        said.append({"code": "unknown_ids_added", "count": unknown})
        _judge_again(cursor, rules_sql.FORGET_UNKNOWN_IDS, is_text)
    elif unknown:
        said.append({"code": "unknown_ids", "count": unknown})
    if emptied := _one(cursor, rules_sql.COUNT_EMPTIED):
        said.append({"code": "emptied", "count": emptied})
    return said


def _make_judged(cursor, parameters: dict) -> None:
    cursor.execute(rules_sql.JUDGE, parameters)
    cursor.execute("ANALYZE judged")


def _judge_again(cursor, sql: str, parameters: dict) -> None:
    cursor.execute(sql)
    cursor.execute("DROP TABLE judged")
    _make_judged(cursor, parameters)


def _offers(cursor, upload: Upload) -> dict[str, int]:
    """Return how many rows a person can choose to import, or to leave out, in each way."""
    parameters = {"upload": upload.pk, "total_line": total_line(upload)}
    cursor.execute(click_sql.COUNT_OFFERED, parameters)
    return dict(zip(("change", "repeated", "total"), cursor.fetchone(), strict=True))


def total_line(upload: Upload) -> int:
    """Return the line that looks like a total; 0 if there is none."""
    says = upload.about.get("says", [])
    return next((each["line"] for each in says if each["code"] == "sum_line"), 0)


def _one(cursor, sql: str):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def _say(upload: Upload, found: list[dict]) -> None:
    """Add to what the reader says of the whole file, and a mark that tells stagings apart.

    What an earlier staging added is replaced.
    """
    said = [each for each in upload.about.get("says", []) if "is_staged" not in each]
    found = found if upload.counts else [{"code": "no_rows"}]
    known = {each["code"] for each in said}
    ours = [each | {"is_staged": True} for each in found if each["code"] not in known]
    upload.about = {**upload.about, "says": said + ours, "staging": token_hex(8)}
