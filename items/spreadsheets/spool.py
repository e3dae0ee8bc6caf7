"""Nameless temporary files that are filled at full speed while slow clients read behind.

So a file holds a connection to the database for seconds, however slowly its client reads.
"""

import errno
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from select import select
from socket import MSG_PEEK, socket
from tempfile import TemporaryFile
from typing import BinaryIO
from weakref import WeakSet, finalize

from django.utils.translation import gettext_lazy
from gevent import Timeout, sleep, spawn
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from items.database.snapshot_cache import is_gevent
from items.http.problems import Problem

OPEN_MAX = 8  # files in each worker that are being read
RETRY_AFTER_SECONDS = 10
PATIENCE_SECONDS = 60  # for a client to read BLOCK_BYTES
LOOK_SECONDS = 1  # between two looks whether a client that waits is still there
BLOCK_BYTES = 1 << 18

filling = BoundedSemaphore(1)  # one list at a time, in each worker


class ClientLeft(BrokenPipeError):
    """What gunicorn would raise when it writes to a client who has left."""

    def __init__(self) -> None:
        super().__init__(errno.EPIPE, "The client has left, or does not read.")


class Spool:
    """A file that `fill` writes in a greenlet of its own; iterating reads it from its beginning.

    If `fill` fails, so does reading. Without gevent, the file is filled at once.
    """

    def __init__(
        self, fill: Callable[["Spool"], None], client: socket | None, head: bytes = b""
    ) -> None:
        if len(_open) >= OPEN_MAX:
            detail = gettext_lazy("Many files are being downloaded right now. Try again later.")
            raise Problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        self.file: BinaryIO = TemporaryFile(buffering=0)
        finalize(self, self.file.close)  # of an answer that is never sent, so that nobody closes it
        write_all(self.file, head)
        self._client = client
        self._error: BaseException | None = None
        self._is_whole = False
        self._grown = Event()
        self._reading = self._read()
        _open.add(self)
        if is_gevent():
            self._filler = spawn(self._run, fill)
        else:
            self._filler = None
            self._run(fill)
            self._raise_error()

    def write_each(self, blocks: Generator[bytes], file: BinaryIO | None = None) -> None:
        """Write blocks when it is this file's turn, or write them to another file."""
        unseen = BLOCK_BYTES  # so that the first block is sent at once
        with filling, closing(blocks):
            for block in blocks:
                write_all(file or self.file, block)
                unseen += len(block)
                if unseen >= BLOCK_BYTES:
                    unseen = 0
                    self._grown.set()
                    sleep(0)  # for other requests: PostgreSQL can be fast enough to keep this busy

    def wait(self) -> None:
        """Wait until the file is whole."""
        while not self._is_whole:
            self._wait_for_more()

    @property
    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def __iter__(self) -> Iterator[bytes]:
        return self._reading

    def close(self) -> None:
        """End the filling, and delete the file."""
        self._reading.close()
        if self._filler is not None:
            self._filler.kill()
        self.file.close()
        _open.discard(self)

    def _run(self, fill: Callable[["Spool"], None]) -> None:
        try:
            fill(self)
            self._is_whole = True
        except BaseException as error:  # killed too: whoever reads must not take it for whole
            self._error = error
        self._grown.set()

    def _read(self) -> Generator[bytes]:
        read = 0
        while True:
            is_whole = self._is_whole
            block = os.pread(self.file.fileno(), BLOCK_BYTES, read)
            read += len(block)
            if block:
                yield from self._sent(block)
            elif is_whole:
                return
            else:
                self._wait_for_more()

    def _sent(self, block: bytes) -> Iterator[bytes]:
        """Give a block; the client has left if it is not read in PATIENCE_SECONDS."""
        with Timeout(PATIENCE_SECONDS if self._client else None, ClientLeft()):
            yield block

    def _wait_for_more(self) -> None:
        self._raise_error()
        self._grown.clear()
        while not self._grown.wait(LOOK_SECONDS):
            if self._client and has_left(self._client):
                raise ClientLeft
        self._raise_error()

    def _raise_error(self) -> None:
        if self._error:
            raise self._error


_open: WeakSet[Spool] = WeakSet()


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write to an unbuffered file, which can take less than all of it at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def has_left(client: socket) -> bool:
    try:
        return bool(select([client], [], [], 0)[0]) and not client.recv(1, MSG_PEEK)
    except OSError:
        return True
