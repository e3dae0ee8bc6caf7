"""The machine that the site runs on: its files and its disks."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

from itemsite.embedded import binaries
from itemsite.operations.backup import backups, site
from itemsite.operations.doctor.findings import Finding, fault, manage, note, warning
from itemsite.operations.record import made_at, read_record
from itemsite.operations.server import OperationError, database_of
from itemsite.serving import startup

READABLE_BY_OTHERS = 0o044
LITTLE, ALMOST_NOTHING = 1_000_000_000, 100_000_000  # bytes that are free on a disk
OLD = timedelta(days=2)
COLLECT = "collectstatic --noinput"


def secret_files() -> Iterator[Finding]:
    for file in (startup.SECRET_KEY_FILE, binaries.PROJECT / ".env"):
        if file.exists() and file.stat().st_mode & READABLE_BY_OTHERS:
            yield warning(f"Other accounts can read the secrets in {file}.", f"chmod 600 {file}")


def static_files() -> Iterator[Finding]:
    """Compare what was collected with what there is; with DEBUG nothing needs to be collected."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    collected = Path(staticfiles_storage.location)
    manifest = collected / staticfiles_storage.manifest_name
    if not manifest.exists():
        text = f"Static files are not collected in {collected}, so pages fail. bin/serve does it."
        yield fault(text, manage(COLLECT))
        return
    names = staticfiles_storage.hashed_files
    missing = [name for name in names.values() if not (collected / name).exists()]
    if missing:
        yield fault(f"The collected file {missing[0]} is missing.", manage(f"{COLLECT} --clear"))
    last = manifest.stat().st_mtime
    for name, source in _sources():
        if name not in names or source.stat().st_mtime > last:
            text = f"{name} is newer than what was collected: readers get an older version."
            yield warning(text, f"{manage(COLLECT)}, then restart the site")
            return


def _sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))


def disks() -> Iterator[Finding]:
    """Report disks that are almost full, each once."""
    seen = set()
    for name, folder in _folders().items():
        found = next(path for path in (folder, *folder.parents) if path.exists())
        if found.stat().st_dev in seen:
            continue
        seen.add(found.stat().st_dev)
        yield from full_disk(name, found)


def full_disk(name: str, folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    if free < LITTLE:
        found = fault if free < ALMOST_NOTHING else warning
        yield found(f"The disk with {name} has {free / 1e6:,.0f} MB free.", f"du -xsh {folder}/*")


def _folders() -> dict[str, Path]:
    folders = {
        "var/": settings.VAR,
        "temporary files": Path(tempfile.gettempdir()),
        "backups": settings.BACKUP_DIR,
    }
    if not startup.has_database_url():
        folders["the private PostgreSQL"] = binaries.home()
    return folders


def backup_age(connection: psycopg.Connection | None = None) -> Iterator[Finding]:
    """Look for backups of the database; without a connection, for those of the host name."""
    folder, line = settings.BACKUP_DIR, manage("backup --keep 14")
    database = database_of(connection) if connection else None
    try:
        made = backups(folder, database) if folder.exists() else []
    except OSError as error:
        yield fault(f"BACKUP_DIR: {folder}: {error.strerror}.", "Name a folder of this account.")
        return
    if not made:
        is_private = not startup.has_database_url() and folder == settings.VAR / "backups"
        found = note if is_private and not folder.exists() else warning
        yield found(f"There is no backup of {site()} in {folder}.", line)
        return
    try:
        age = datetime.now(UTC) - made_at(read_record(made[0]))
    except OperationError:
        yield fault(f"The newest backup, {made[0]}, is not complete.", line)
        return
    if age > OLD:
        yield warning(f"The newest backup, {made[0]}, is {age.days} days old.", line)
    if os.stat(made[0]).st_mode & READABLE_BY_OTHERS:
        yield warning(f"Other accounts can read {made[0]}.", f"chmod 600 {folder}/*.dump")


CHECKS = (secret_files, static_files, disks)
