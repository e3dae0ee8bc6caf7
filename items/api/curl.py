"""curl commands that do the same as a page."""

import shlex
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from items.search.selection import Selection

BEARER = '-H "Authorization: Bearer $ITEMSITE_KEY" '


def site(request: HttpRequest) -> str:
    """Return the site's URL without a path: SITE_URL, or what the client used."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


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
    return f"curl {_key_for('view')}{shlex.quote(f'{site}/items/?{text}')}"


def add_line(site: str) -> str:
    """Return the command that adds an item."""
    what = """-H 'Content-Type: application/json' -d '{"name": "Book"}'"""
    return f"curl {_key_for('add')}{what} {shlex.quote(f'{site}/items/')}"


def _key_for(action: str) -> str:
    """Return the header with the key, if visitors do not have the permission."""
    return "" if action in settings.VISITORS_MAY else BEARER
