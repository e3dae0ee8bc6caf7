"""Every curl line of /docs/ and of README.md does what it says, against a server of its own."""

import html
import json
import os
import re
import shutil
import subprocess

import pytest

from itemsite.embedded.binaries import PROJECT

# bin/test asks for nothing but Python. CI has curl, and must fail when it has not.
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (shutil.which("curl") or os.environ.get("CI")), reason="curl is not installed"
    ),
]

# Real curl, which fails here where the server refuses; a line's own options stay as they are.
SHELL = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'


EMPTY = """from django.db import connection
tables = "items_item, items_change, items_changeset"
connection.cursor().execute(f"TRUNCATE {tables} RESTART IDENTITY")"""


@pytest.fixture(scope="module")
def running(clone):
    server = clone.serve().wait_for_address()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def key(clone, running):
    return clone.manage("create_api_key", "curl", "--user", "admin").stdout.strip()


@pytest.fixture
def server(clone, running):
    """Return a server with items 1 to 3, all in their first version."""
    clone.manage("shell", "-c", EMPTY)
    items = [{"name": "Book", "description": "A cool book"}, {"name": "Pen"}, {"name": "Ink"}]
    running.request("POST", "/items/", items)
    return running


@pytest.fixture
def run(clone, key):
    """Return a function that gives the exit status of some lines, and what they print."""

    def run(lines):
        ended = subprocess.run(
            ["sh", "-ec", SHELL + lines],
            cwd=clone.folder,
            env=clone.environment(ITEMSITE_KEY=key),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return ended.returncode, ended.stdout

    return run


def blocks_of(page):
    """Return the examples on the page that call curl."""
    blocks = re.findall("<pre><code>(.*?)</code></pre>", page, re.DOTALL)
    return [html.unescape(block) for block in blocks if "curl " in block]


def lines_of(readme):
    """Return the indented lines that begin with curl, each with those that continue it."""
    return re.findall(r"^    (curl (?:.*\\\n)*.*)$", readme, re.MULTILINE)


def page_blocks(server):
    return blocks_of(server.request("GET", "/docs/")[2].decode())


def try_each_line(server, run):
    said = {block: run(block) for block in page_blocks(server)}

    assert len(said) >= 15
    for block, (status, output) in said.items():
        assert status == 0, f"{block}\n{output}"


def test_the_lines_of_the_page(server, run):
    try_each_line(server, run)


def test_the_lines_of_the_page_where_visitors_only_read(clone, server, run):
    closed = clone.serve(VISITORS_MAY="view").wait_for_address()
    try:
        try_each_line(closed, run)
    finally:
        closed.stop()


def test_the_lines_of_the_readme(server, run):
    lines = lines_of((PROJECT / "README.md").read_text())
    here = f"127.0.0.1:{server.port}"

    said = {line: run(line.replace("localhost:8000", here)) for line in lines}

    assert len(said) >= 5
    for line, (status, output) in said.items():
        assert status == 0, f"{line}\n{output}"


def test_the_loop_of_the_page_meets_every_page(server, run):
    (loop,) = [block for block in page_blocks(server) if "while" in block]

    _, output = run(loop.replace("limit=1000", "limit=1"))

    assert re.findall('"name":"(.*?)"', output) == ["Ink", "Pen", "Book"]


def test_the_line_of_the_list_gives_what_it_shows(server, run):
    def shown(address):
        return server.request("GET", html.unescape(address), Accept="text/html")[2].decode()

    server.request("POST", "/items/", [{"name": f"it's [{n}] $HOME"} for n in range(60)])
    first = shown("/items/?q=it%27s+%24HOME&sort=name")
    second = shown(re.search('rel="next" href="(.*?)"', first)[1])
    for page in (first, second):
        items = re.findall('<th [^>]*><a href="/items/([0-9]+)/', page)

        _, output = run(*blocks_of(page))

        assert [str(item["id"]) for item in json.loads(output)] == items


def test_a_line_that_the_server_refuses_would_be_seen(server, run):
    status, output = run(f"curl http://127.0.0.1:{server.port}/items/99/")

    assert status != 0
    assert "There is no item 99." in output
