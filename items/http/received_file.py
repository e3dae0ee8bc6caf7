"""Bodies that are files: received to a temporary file, not to memory.

A view with `receives_file` gets its request before the body was read. So it can judge the rights
first: nothing of a refused body is stored.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from gevent import Timeout

from items.http.methods import View
from items.http.problems import Problem

FILE_MAX = 50_000_000  # bytes; proxy.conf allows a little more, for the other parts of a form
FORM_MAX = FILE_MAX + 1_000_000
SECONDS = 600  # for a whole file
BLOCK = 1 << 16  # bytes
TOO_LARGE = format_lazy(
    gettext_lazy(
        "The file is larger than {limit} bytes. Import it on the server with manage.py"
        " import_items, or split it."
    ),
    limit=lazy(number_format, str)(FILE_MAX, force_grouping=True),
)


def receives_file(view: View) -> View:
    """Mark a view that reads the body of its request itself."""
    view.receives_file = True
    return view


def check_length(length: int, limit: int = FILE_MAX) -> None:
    """Raise Problem 413 for a file that is too large."""
    if length > limit:
        raise Problem(413, TOO_LARGE)


@contextmanager
def received_file(request: HttpRequest) -> Iterator[Path]:
    """Receive the body, and give the path of a file that is deleted at the end of the block.

    Raise Problem 413 if it is too large, 415 if it is compressed, 408 if it is too slow.
    """
    check_length(int(request.META.get("CONTENT_LENGTH") or "0"))
    _prepare(request)
    with NamedTemporaryFile(prefix="itemsite-file-") as file:
        _receive(request, file)
        file.flush()
        yield Path(file.name)


class _FileHandler(TemporaryFileUploadHandler):
    """Write each file to the disk, under a name without anything of the sender's.

    Django appends what the sender's name has after its last dot, which can be too long.
    """

    def new_file(self, field_name, file_name, *args, **kwargs) -> None:
        super().new_file(field_name, "file", *args, **kwargs)
        self.file.name = self.file_name = file_name


def receive_form(request: HttpRequest) -> None:
    """Receive a form, whose files go to temporary files; the middleware judged its length.

    Raise Problem 413 if its texts are too large, 415 and 408 as above.
    """
    _prepare(request)
    request.upload_handlers = [_FileHandler(request)]
    try:
        with _timeout(request):
            _ = request.POST
    except RequestDataTooBig as error:
        detail = gettext_lazy("This is too much text for a form. Send it as a file.")
        raise Problem(413, detail) from error


def _prepare(request: HttpRequest) -> None:
    if request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
        raise Problem(415, gettext_lazy("Send the file as it is, without Content-Encoding."))
    if not connection.in_atomic_block:  # only in tests
        connection.close()  # others need it while the client sends


def _receive(request: HttpRequest, file: IO[bytes]) -> None:
    with _timeout(request):
        while block := request.read(BLOCK):
            file.write(block)


@contextmanager
def _timeout(request: HttpRequest) -> Iterator[None]:
    """Raise Problem 408 if the block takes too long."""
    has_gevent = "gunicorn.socket" in request.META  # whose own reading has no timeout
    detail = gettext_lazy("The body did not arrive in time. Nothing was saved. Send it again.")
    with Timeout(SECONDS if has_gevent else None, Problem(408, detail)):
        yield
