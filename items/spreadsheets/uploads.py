"""Uploads that wait for their click: their files, who may see them, and how they go away.

The file is kept in the database, so that any worker can read it again when somebody chooses another
sheet, encoding or column.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from items.models import Upload
from items.models.upload import Staged, UploadChunk
from items.spreadsheets import reading
from items.spreadsheets.staging import Rights, left_out_rows, stage

CHUNK = 1 << 20  # bytes
KEPT = timedelta(hours=24)
OF_OWNER_MAX = 5  # the newest; a visitor's are found only by their addresses

# What a person can choose for the reader
CHOSEN = ("encoding", "separator", "header", "sheet", "columns", "other_columns", "ids")


def keep(
    path: Path, file_name: str, user: AbstractBaseUser | AnonymousUser, *, door: str = "upload"
) -> Upload:
    """Save a file as a new upload; delete those that are too old or too many."""
    with transaction.atomic():
        upload = Upload.objects.create(
            owner=owner_of(user), file_name=file_name[:255], options={"door": door}
        )
        with open(path, "rb") as file:
            for place, content in enumerate(iter(lambda: file.read(CHUNK), b"")):
                UploadChunk(upload_id=upload.pk, place=place, content=content).save(
                    force_insert=True
                )
        sweep(upload)
    return upload


def find(pk, user: AbstractBaseUser | AnonymousUser) -> Upload | None:
    """Return an upload of this user; a visitor's is everyone's who knows its address."""
    return Upload.objects.filter(pk=pk, owner__in={owner_of(user), ""}).first()


@contextmanager
def file_of(upload: Upload) -> Iterator[Path]:
    """Give the path of a copy of the file, which is deleted at the end of the block."""
    with NamedTemporaryFile(prefix="itemsite-file-") as copy:
        for content in _chunks(upload):
            copy.write(content)
        copy.flush()
        yield Path(copy.name)


def read_and_stage(
    upload: Upload,
    path: Path,
    rights: Rights,
    *,
    watch: Callable[[Iterator[bytes]], Iterable[bytes]] = iter,
) -> dict[str, int]:
    """Read a file by the upload's options and stage its rows; return how many have a status.

    `watch` passes the blocks on, and can count their lines. Raise Refused, or TooLong.
    """
    with reading.read(path, _reader_options(upload)) as read:
        upload.about = {**read.head, "says": read.says}
        return stage(upload, watch(read.blocks()), rights)


def left_out(upload: Upload) -> Generator[bytes]:
    """Yield a file like the sender's of the rows that are not imported.

    The database is asked before the first block only.
    """
    with file_of(upload) as path:
        yield from reading.left_out(path, _reader_options(upload), left_out_rows(upload.pk))


def _reader_options(upload: Upload) -> dict:
    chosen = {name: upload.options.get(name) for name in CHOSEN}
    return reading.reader_options(door=upload.options.get("door", "upload"), **chosen)


def discard(upload: Upload) -> bool:
    """Delete an upload; return False if it was imported, perhaps while this waited."""
    with transaction.atomic():
        current = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        is_imported = current is not None and current.state == "imported"
        if not is_imported:
            _delete([upload.pk])
    return not is_imported


def sweep(newest: Upload) -> None:
    """Delete uploads that are too old, and those that are too many of this owner."""
    too_old = Q(created_at__lt=timezone.now() - KEPT)
    if newest.owner:
        of_owner = Upload.objects.filter(owner=newest.owner).order_by("-created_at", "-pk")
        too_old |= Q(pk__in=list(of_owner.values_list("pk", flat=True)[OF_OWNER_MAX:]))
    # Uploads that somebody is staging or importing stay until the next time.
    locked = Upload.objects.filter(too_old).select_for_update(skip_locked=True)
    with transaction.atomic():
        _delete(list(locked.values_list("pk", flat=True)))


def _delete(pks: list) -> None:
    for model in (Staged, UploadChunk):
        model.objects.filter(upload_id__in=pks).delete()
    Upload.objects.filter(pk__in=pks).delete()


def _chunks(upload: Upload) -> Iterator[bytes]:
    """Yield one chunk at a time, so that no more than that is in memory."""
    for place in count():
        chunk = UploadChunk.objects.filter(upload_id=upload.pk, place=place).first()
        if chunk is None:
            return
        yield bytes(chunk.content)


def owner_of(user: AbstractBaseUser | AnonymousUser) -> str:
    return str(user.pk) if user.pk else ""
