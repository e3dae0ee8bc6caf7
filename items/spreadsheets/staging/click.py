"""Import what was staged: one UPDATE and one INSERT, recorded as one change set."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import connection

from items.changes.recording import Author, change_set_so_far, recorded
from items.database.sql import limited
from items.database.statistics import renew_statistics
from items.models import Upload
from items.spreadsheets.staging import click_sql
from items.spreadsheets.staging.choices import LEAVE_OUT, Choices, Rights
from items.spreadsheets.staging.stage import SETTINGS, TIMEOUT_MS, UploadGone, total_line

IMPORT_WAIT_MS = 600_000  # for another import to end
ROW_WAIT_MS = 30_000  # for others who write the same items


class PreviewOutdated(Exception):
    """The file was read again in the meantime: its rows are not those that a person saw."""


@dataclass(frozen=True)
class Imported:
    """What an import did, in numbers of rows."""

    new: int
    changed: int
    outdated: int = 0  # left out, because their items changed after the preview
    change_set: int | None = None  # None if nothing was changed
    is_repeated: bool = False  # this upload was imported before, and nothing was done now


def run_import(
    upload: Upload,
    author: Author,
    rights: Rights,
    choices: Choices = LEAVE_OUT,
    *,
    waiting: Callable[[], object] = bool,
    before_writing: Callable[[int], object] = bool,
    timeout_ms: int = TIMEOUT_MS,
) -> Imported:
    """Import a staged upload; of an upload that was imported before, return what was done then.

    `waiting` is called if another import is running. `before_writing` gets the number of rows, and
    may raise to write nothing. Raise UploadGone, PreviewOutdated, TooLong, or Busy.
    """
    renew_statistics()
    settings = {**SETTINGS, "lock_timeout": IMPORT_WAIT_MS if timeout_ms else 0}
    with recorded(author), limited(timeout_ms, settings, only_reads=False):
        with connection.cursor() as cursor:
            _wait_for_others(cursor, waiting)
            cursor.execute(f"SET LOCAL lock_timeout = {ROW_WAIT_MS}")
            if done := _lock(upload):
                return done
            parameters = _parameters(upload, rights, choices)
            _choose(cursor, parameters)
            outdated = _leave_out_outdated(cursor, parameters)
            cursor.execute(click_sql.COUNT_CHOSEN)
            added, changed = cursor.fetchone()
            if added + changed:
                before_writing(added + changed)
            cursor.execute(click_sql.CHANGE)
            cursor.execute(click_sql.ADD)
            if outdated or choices != LEAVE_OUT or not all(rights):
                _note_what_became_of_rows(cursor, upload, parameters)
            cursor.execute("DROP TABLE chosen, outdated")
        result = Imported(added, changed, outdated, change_set_so_far())
        _note_result(upload, result)
    return result


def _wait_for_others(cursor, waiting: Callable[[], object]) -> None:
    cursor.execute(click_sql.TRY_LOCK)
    if not cursor.fetchone()[0]:
        waiting()
        cursor.execute(click_sql.LOCK)


def _lock(upload: Upload) -> Imported | None:
    """Lock the upload; return the result if it was imported before."""
    if upload._state.adding:
        return None
    current = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if current is None:
        raise UploadGone
    seen = upload.about.get("staging")
    for name in ("state", "counts", "result", "seen", "about", "options"):
        setattr(upload, name, getattr(current, name))
    if current.state != "imported":
        if current.about.get("staging") != seen:
            raise PreviewOutdated
        return None
    return Imported(**current.result, is_repeated=True)


def _parameters(upload: Upload, rights: Rights, choices: Choices) -> dict:
    asked = {"upload": upload.pk, "seen": upload.seen, **rights._asdict(), **choices._asdict()}
    return {**asked, "total_line": total_line(upload) if choices.total == "leave" else 0}


def _choose(cursor, parameters: dict) -> None:
    cursor.execute(click_sql.CHOOSE, parameters)
    cursor.execute("ANALYZE chosen")
    if parameters["close"] == "change" and parameters["may_change"]:
        cursor.execute(click_sql.CHOOSE_CLOSE, parameters)
        cursor.execute("ANALYZE chosen")


def _leave_out_outdated(cursor, parameters: dict) -> int:
    cursor.execute(click_sql.FIND_OUTDATED_NEW, parameters)
    cursor.execute(click_sql.LOCK_ITEMS)
    cursor.execute(click_sql.FIND_OUTDATED_CHANGED)
    cursor.execute(click_sql.LEAVE_OUT)
    return cursor.rowcount


def _note_what_became_of_rows(cursor, upload: Upload, parameters: dict) -> None:
    cursor.execute(click_sql.NOTE_CHOSEN, parameters)
    cursor.execute(click_sql.NOTE_TOTAL, parameters)
    cursor.execute(click_sql.NOTE_REFUSED, parameters)
    cursor.execute(click_sql.NOTE_OUTDATED, parameters)
    cursor.execute(click_sql.COUNT_STAGED, parameters)
    upload.counts = dict(cursor.fetchall())


def _note_result(upload: Upload, result: Imported) -> None:
    upload.state = "imported"
    upload.result = {key: value for key, value in asdict(result).items() if key != "is_repeated"}
    if not upload._state.adding:
        upload.save(update_fields=["state", "counts", "result"])
