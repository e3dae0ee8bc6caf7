"""Start the reader, a process with limits of its own, and pass on what it reads.

    with read(path, reader_options(door="upload")) as reading:
        reading.head["read"], reading.head["is_text"]
        for block in reading.blocks(): ...
        reading.says

A file can end the reader: a cell in the last corner of a sheet fills any memory. That becomes a
Refused, as does a file that cannot be read. The worker keeps no more than a block in memory.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from items.spreadsheets.heads import words_of_fields
from items.spreadsheets.problems import sentence

log = logging.getLogger(__name__)

READER = Path(__file__).parent / "reader"
BLOCK = 1 << 16  # bytes
HEAD_MAX = 1 << 20  # bytes; a head is about 1 kB, with 100 long names of columns 100 kB
REFUSED = 2  # exit status
FAILED = 1  # exit status of Python after an exception
KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")  # the environment has secrets too

# What a person can choose if the letters look wrong
ENCODINGS = (
    *("utf-8", "cp1252", "mac_roman", "utf-16-le", "utf-16-be", "iso8859-15", "cp1250", "cp1251"),
    *("cp1253", "cp1254", "cp1257", "iso8859-2", "koi8-r", "cp850", "cp437"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)


class Refused(Exception):
    """A file that cannot be read; its facts are a code and what its sentence names."""

    def __init__(self, facts: dict) -> None:
        super().__init__(facts["code"])
        self.facts = facts

    def __str__(self) -> str:
        return sentence(self.facts)


def reader_options(*, door: str = "upload", **chosen: object) -> dict:
    """Return the options of the reader, which finds out by itself what is missing or None."""
    if chosen.get("encoding") not in (None, *ENCODINGS, "utf-32-le", "utf-32-be"):
        chosen["encoding"] = None
    return {"mode": "rows", "fields": words_of_fields(), "door": door} | {
        option: value for option, value in chosen.items() if value is not None
    }


class Reading:
    """The head of a file and its rows in COPY's text format; see docs at the top."""

    def __init__(self, path: str | Path, options: dict) -> None:
        self._path = path
        self._options = options
        self.head: dict = {}
        self.says: list[dict] = []  # complete when the blocks are at their end

    def __enter__(self) -> "Reading":
        self._process = _Process(self._path, self._options)
        try:
            self._read_head()
        except BaseException:
            self._process.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._process.close()

    def _read_head(self) -> None:
        line = self._process.stdout.readline(HEAD_MAX)
        self.head = json.loads(line) if line.endswith(b"\n") else {}
        if "refused" in self.head:
            raise Refused(self.head["refused"])
        if not self.head:
            self._process.finish()
            raise Refused({"code": "unreadable"})
        self.says = self.head["says"]

    def blocks(self) -> Iterator[bytes]:
        yield from self._process.blocks()
        self.says += self._process.finish()


def read(path: str | Path, options: dict) -> Reading:
    return Reading(path, options)


def left_out(path: str | Path, options: dict, errors: Iterable[tuple[int, str]]) -> Iterator[bytes]:
    """Yield a file like the sender's of the rows with an error: (line, its text), by line."""
    with TemporaryFile() as lines:
        for line, error in errors:
            lines.write(f"{line}\t{' '.join(error.split())}\n".encode())
        lines.seek(0)
        process = _Process(path, options | {"mode": "left_out"}, lines)
        try:
            yield from process.blocks()
            process.finish()
        finally:
            process.close()


class _Process:
    def __init__(self, path: str | Path, options: dict, stdin: IO[bytes] | None = None) -> None:
        # A file, not a pipe: nobody reads it before the end.
        self._stderr = TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(READER), str(path), json.dumps(options)],
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
        self.stdout = self._process.stdout

    def blocks(self) -> Iterator[bytes]:
        while block := self.stdout.read(BLOCK):
            yield block

    def finish(self) -> list[dict]:
        """Wait for the end; return what the reader says then, or raise Refused."""
        status = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").splitlines()
        said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
        if status == REFUSED and "refused" in said:
            raise Refused(said["refused"])
        if status == FAILED or status == REFUSED:
            log.error("The reader of spreadsheets failed: %s", "\n".join(lines[-30:]))
            raise Refused({"code": "unreadable"})
        if status != 0:  # a signal: of calamine for want of memory, or of the limit of CPU seconds
            raise Refused({"code": "too_large"})
        return said.get("says", [])

    def close(self) -> None:
        """Leave no process behind, however far the reading came."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self.stdout.close()
        self._stderr.close()
