"""ETags of versions, also as proxies change them."""

import re

from django.utils.http import parse_etags

# A proxy that compresses an answer marks its ETag: nginx writes W/"1", Apache "1-gzip" or "1;gzip",
# Jetty "1--gzip". It is still the version of the item, which is all that a change must know.
MARKED = re.compile(r'(?:W/)?"([0-9]+)(?:(?:--?|[;:+])(?:gzip|deflate|br|zstd))*"', re.IGNORECASE)


def write_etag(version: int) -> str:
    return f'"{version}"'


def names_version(header: str, version: int) -> bool:
    """Tell whether If-Match or If-None-Match contains a version (RFC 9110, section 13.1)."""
    etags = parse_etags(header)
    return "*" in etags or write_etag(version) in [MARKED.sub(r'"\1"', etag) for etag in etags]
