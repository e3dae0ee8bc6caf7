"""A database moves to another server while the old one still lives, as by DNS or a proxy."""

import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from threading import Thread

import pytest

from itemsite.tests.clone import Clone

pytestmark = pytest.mark.long
SETTINGS = {"DJANGO_SETTINGS_MODULE": "itemsite.settings", "HTTPS": "0", "SECRET_KEY": "k" * 50}
READER = """
from itemsite.serving import startup; startup.read_settings()
import django; django.setup()
from django.test import Client
from items.database import snapshot_cache
client = Client(headers={"Host": "localhost"})
def show(): print([item["name"] for item in client.get("/items/").json()], flush=True)
show(); show(); input(); show()
snapshot_cache.SNAPSHOTS._expires_at = 0  # CONNECTION_AGE_SECONDS later
show(); show(); show()
"""


class Forwarder:
    """Forwards TCP to a Unix socket; `target` counts when a connection is opened."""

    def __init__(self, target, host="127.0.0.1"):
        self.target = target
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with self.listener:
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.target / ".s.PGSQL.5432"))
                Thread(target=self._forward, args=(client, server), daemon=True).start()

    def _forward(self, client, server):
        with client, server:
            back = Thread(target=self._copy, args=(server, client), daemon=True)
            back.start()
            self._copy(client, server)
            back.join()

    def _copy(self, source, sink):
        with suppress(OSError):  # an end that goes away takes the other with it
            while data := source.recv(65_536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def clones(tmp_path):
    """Give two sites, each with an item in a PostgreSQL of its own."""
    clones = []
    with ExitStack() as stack:
        for name in ("Old", "New"):
            (tmp_path / name).mkdir()
            clone = Clone(tmp_path / name)
            stack.callback(clone.remove)
            server = clone.serve()
            stack.callback(server.stop)
            server.wait_for_address().request("POST", "/items/", {"name": name})
            clones.append(clone)
        yield clones


def test_no_list_is_older_than_the_age_of_the_snapshots_connection(clones):
    old, new = clones
    forwarder = Forwarder(old.socket_folder)
    url = f"postgresql://itemsite@127.0.0.1:{forwarder.port}/itemsite"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER],
        cwd=old.folder,
        env=old.environment(**SETTINGS, DATABASE_URL=url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert [reader.stdout.readline() for _ in range(2)] == ["['Old']\n"] * 2

    forwarder.target = new.socket_folder
    seen, _ = reader.communicate("\n")

    assert seen.splitlines() == ["['Old']"] + ["['New']"] * 3
