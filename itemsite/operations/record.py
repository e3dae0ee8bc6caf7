"""The record of a backup: the last line of its file, written when all before it is complete.

It is JSON: what the tables contained, and the length and SHA-256 of the dump. A file that was cut
has none, or not one that fits. pg_restore reads no further than its own end of the dump, so it
takes the file as it is.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from itemsite.operations.contents import NEEDED
from itemsite.operations.server import OperationError

FORMAT = 1  # of the record
LENGTH_MAX = 1_000_000  # bytes, a thousand tables and more
BLOCK = 1 << 20  # bytes


def append_record(file: Path, about: dict[str, Any]) -> None:
    """Complete a dump with its record, and have both on the disk."""
    about = {"itemsite_backup": FORMAT, **about, "bytes": file.stat().st_size}
    about["sha256"] = _sha256(file, about["bytes"])
    with open(file, "ab") as backup:
        backup.write(f"\n{json.dumps(about)}\n".encode())
        backup.flush()
        os.fsync(backup.fileno())


def read_record(file: Path) -> dict[str, Any]:
    """Return the record of a backup; raise OperationError if it has none."""
    try:
        with open(file, "rb") as backup:
            size = backup.seek(0, os.SEEK_END)
            backup.seek(max(0, size - LENGTH_MAX))
            end = backup.read()
        record = json.loads(end.rstrip(b"\n").rpartition(b"\n")[2])
        if record["itemsite_backup"] == FORMAT and end.endswith(b"}\n"):
            return record
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError):  # not JSON, or not ours
        pass
    raise OperationError(
        f"{file} is not complete, or was not made by manage.py backup of this version. Take another"
        " backup. pg_restore reads what pg_dump made."
    )


def check_file(file: Path) -> dict[str, Any]:
    """Return the record of a backup whose dump is what it was; raise OperationError."""
    record = read_record(file)
    if _sha256(file, record["bytes"]) != record["sha256"]:
        raise OperationError(f"{file} is damaged: its SHA-256 is wrong. Take another backup.")
    if not record["tables"].keys() >= NEEDED:
        raise OperationError(f"{file} has no tables of itemsite. Take another backup.")
    return record


def made_at(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["made_at"]).astimezone(UTC)


def _sha256(file: Path, size: int) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as backup:
        while size and (block := backup.read(min(BLOCK, size))):
            digest.update(block)
            size -= len(block)
    return digest.hexdigest()
