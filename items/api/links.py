"""The Link header of a list (RFC 8288): the pages around it, relative to the site."""

from urllib.parse import urlencode

from django.http import HttpRequest

from items.search.selection import IGNORED, pack_text

# Bytes. Proxies often have 4,096 for all headers of an answer; the others need less than 1,000.
LINK_MAX = 3000
DROPPED = ("after", "before", *IGNORED)


def write_links(
    request: HttpRequest, *, after: str | int | None, before: str | int | None = None
) -> str:
    """Return the header for the cursors of a list; empty if there is no other page.

    If it is too long, the search words are packed, then the previous page is left out.
    """
    path, query = request.path_info, request.GET
    kept = {name: query.get(name, "") for name in query if name not in DROPPED}
    links = [
        (rel, name, str(cursor))
        for rel, name, cursor in (("next", "after", after), ("prev", "before", before))
        if cursor
    ]
    header = _header(path, kept, links)
    if len(header) > LINK_MAX:
        header = _header(path, _packed(kept), links)
    if len(header) > LINK_MAX:
        header = _header(path, _packed(kept), links[:1])
    return header


def _packed(parameters: dict[str, str]) -> dict[str, str]:
    """Write q in base64, where a letter has less than half of the bytes that %XX needs."""
    others = {name: value for name, value in parameters.items() if name != "q"}
    return others | {"q_base64": pack_text(parameters["q"])} if "q" in parameters else others


def _header(path: str, parameters: dict[str, str], links: list[tuple[str, str, str]]) -> str:
    return ", ".join(
        f'<{path}?{urlencode(parameters | {name: cursor})}>; rel="{rel}"'
        for rel, name, cursor in links
    )
