"""Bodies that a client sent compressed, by Content-Encoding."""

import zlib
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from items.http.problems import Problem

PLAIN, GZIP = ("", "identity"), ("gzip", "x-gzip")


def unpack_body(request: HttpRequest) -> HttpRequest:
    """Return the request with the body that was packed; the body must have been read.

    Raise Problem 415 for another encoding than gzip (RFC 7694), 400 if it is damaged, 413 if it is
    too large when unpacked.
    """
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in PLAIN or not request.body:
        return request
    if encoding not in GZIP:
        detail = gettext_lazy("Send the body as it is, or compressed with gzip.")
        raise Problem(415, detail, headers={"Accept-Encoding": "gzip"})
    body = _unpack(request.body)
    unpacked = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return WSGIRequest(request.META | unpacked | {"HTTP_CONTENT_ENCODING": ""})


def _unpack(packed: bytes) -> bytes:
    """Unpack one gzip stream. Several would be legal, but unpacking thousands takes long."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    damaged = Problem(400, gettext_lazy("The body is not one complete gzip stream."))
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        raise damaged
    if len(body) > limit:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise damaged
    return body


def too_large() -> Problem:
    limit = lazy(number_format, str)(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, force_grouping=True)
    detail = gettext_lazy("The body is larger than {limit} bytes. Send it in smaller parts.")
    return Problem(413, format_lazy(detail, limit=limit))
