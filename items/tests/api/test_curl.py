"""The list's own call. itemsite/tests/test_curl_lines.py runs one."""

import html
import re

import pytest

from items.models import Item

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}
WITH_KEY = """curl -H "Authorization: Bearer $ITEMSITE_KEY" \\\n  """


def line(page):
    (line,) = re.findall(r"<pre><code>(curl .*?)</code></pre>", page.text, re.DOTALL)
    return html.unescape(line)


def test_is_what_one_sees(client):
    Item.objects.create(name="it's [1]")

    page = client.get("/items/?q=it%27s+%5B1%5D&sort=name&size=100", headers=HTML)

    address = "http://testserver/items/?q=it%27s+%5B1%5D&sort=name&limit=100"
    assert line(page) == f"curl '{address}'"
    assert [item["name"] for item in client.get(address).json()] == ["it's [1]"]


def test_names_a_key_where_visitors_may_not_look(admin_client, settings):
    settings.VISITORS_MAY = []

    empty = admin_client.get("/items/", headers=HTML)
    Item.objects.create(name="Book")
    full = admin_client.get("/items/", headers=HTML)

    assert line(empty).startswith(f"{WITH_KEY}-H")
    assert line(full).startswith(f"{WITH_KEY}'http://")
