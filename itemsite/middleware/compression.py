"""Compression of pages where no proxy compresses them; with proxy.conf, nginx does."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from items.access.client_ip import is_trusted_proxy


class CompressionMiddleware(GZipMiddleware):
    """Compress HTML, but nothing that is streamed.

    The length of a compressed page can reveal a secret in it to somebody who can choose another
    part of the page (BREACH). Here each page masks the CSRF token differently, and GZipMiddleware
    adds a random number of bytes.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if not is_page or response.streaming or is_trusted_proxy(request.META["REMOTE_ADDR"]):
            return response
        return super().process_response(request, response)
