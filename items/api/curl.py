"""Requests as curl commands, which do the same as a page."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from items.search.selection import Selection

BEARER = '-H "Authorization: Bearer $ITEMSITE_KEY"'
JSON = {"Content-Type": "application/json"}
LINE_LENGTH = 52  # characters, if the words fit


@dataclass(frozen=True)
class Call:
    """A request, from whose parts its curl line is made, and in static/docs.js the same request."""

    site: str
    path: str  # with the query
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    needs_key: bool = False
    options: tuple[str, ...] = ()  # of curl, which change nothing in the request
    is_file: bool = False  # the body comes from a pipe, as a file would

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD") and "dry_run=1" not in self.path

    @property
    def headers_json(self) -> str:
        return json.dumps(dict(self.headers))

    @property
    def line(self) -> str:
        """Return the command for a shell, divided where it is long."""
        lines = [" ".join(["curl", *self.options])]
        for words in self._words():
            if lines[-1] == "curl" or len(lines[-1]) + len(words) < LINE_LENGTH:
                lines[-1] += f" {words}"
            else:
                lines.append(f"  {words}")
        return self._pipe + " \\\n".join(lines)

    def _words(self) -> list[str]:
        method = {"GET": [], "HEAD": ["-I"], "POST": [] if self.body else ["-X POST"]}
        headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        sent = "--data-binary @-" if self.is_file else f"-d {shlex.quote(self.body)}"
        return [
            *method.get(self.method, [f"-X {self.method}"]),
            *[BEARER] * self.needs_key,
            *headers,
            *[sent] * bool(self.body),
            shlex.quote(self.site + self.path),
        ]

    @property
    def _pipe(self) -> str:
        text = shlex.quote(self.body.replace("\n", "\\n"))
        return f"printf {text} |\n  " if self.is_file else ""


def site(request: HttpRequest) -> str:
    """Return the site's URL without a path: SITE_URL, or what the client used."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def needs_key(*actions: str) -> bool:
    """Tell whether visitors do not have all these permissions."""
    return not set(actions) <= set(settings.VISITORS_MAY)


def list_line(site: str, wanted: Selection) -> str:
    """Return the command that gets the items of a list page, in the same order."""
    query = {
        "q": wanted.search.text,
        "sort": wanted.sort,
        "limit": wanted.size,
        "after": wanted.after,
        "before": wanted.before,
    }
    text = urlencode({name: value for name, value in query.items() if value})
    return Call(site, f"/items/?{text}", needs_key=needs_key("view")).line


def add_line(site: str) -> str:
    """Return the command that adds an item."""
    return Call(site, "/items/", "POST", JSON, '{"name": "Book"}', needs_key("add")).line
