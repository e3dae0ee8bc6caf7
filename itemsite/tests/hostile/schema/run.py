"""How schemathesis is let loose on a server."""

import json
import re
import subprocess
import sys
from pathlib import Path

from items.search.sorting import ORDERS
from itemsite.embedded.binaries import PROJECT
from itemsite.tests.clone import Clone, Server

CONFIG = Path(__file__).with_name("schemathesis.toml")


def cursors_of(server: Server) -> dict[str, str]:
    """Return a cursor of each order; the server holds two books or more, for all to read."""
    links = {
        sort: server.request("GET", f"/items/?limit=1&q=book&sort={sort}")[1]["Link"]
        for sort in ORDERS
    }
    return {sort: re.search("after=([^>]+)>", link)[1] for sort, link in links.items()}


def run_schemathesis(
    clone: Clone, server: Server, cursors: dict[str, str], folder: Path, *options: str
) -> subprocess.CompletedProcess:
    """Try all that /openapi.json allows or forbids, with all checks; the output tells of it."""
    url = f"http://127.0.0.1:{server.port}/openapi.json"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIG, "run", url]
    return subprocess.run(
        [*command, "--checks", "all", "--generation-database", "none", *options],
        cwd=folder,
        env=clone.environment(PYTHONPATH=str(PROJECT), CURSORS=json.dumps(cursors)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
