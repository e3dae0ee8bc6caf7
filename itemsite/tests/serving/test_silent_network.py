"""A network that drops every packet and says nothing: the connection is given up."""

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from threading import Timer
from uuid import uuid4

import pytest

from itemsite.embedded.binaries import PROJECT
from itemsite.tests.clone import PATIENCE_SECONDS

pytestmark = pytest.mark.long
HERE, THERE = "198.18.77.1", "198.18.77.2"  # for tests of networks (RFC 2544)
SETTINGS = {"DJANGO_SETTINGS_MODULE": "itemsite.settings", "HTTPS": "0", "SECRET_KEY": "k" * 50}
FORWARD = """
import sys, time
from pathlib import Path
from itemsite.tests.serving.test_cut_over import Forwarder
print(Forwarder(Path(sys.argv[2]), sys.argv[1]).port, flush=True)
time.sleep(3600)
"""
READER = """
from itemsite.serving import startup; startup.read_settings()
import django; django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"Host": "localhost"})
def show(): print(client.get("/items/").status_code, flush=True)
show(); input(); show(); input()
while (status := client.get("/items/").status_code) != 200: pass
print(status)
"""


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True)


@pytest.fixture
def namespace():
    """Give a network namespace that is reached by a wire of its own."""
    name = f"itemsite{uuid4().hex[:6]}"
    here, there = f"is{name[-6:]}a", f"is{name[-6:]}b"
    steps = [
        ["netns", "add", name],
        ["link", "add", here, "type", "veth", "peer", "name", there, "netns", name],
        ["addr", "add", f"{HERE}/30", "dev", here],
        ["link", "set", here, "up"],
        ["-n", name, "addr", "add", f"{THERE}/30", "dev", there],
        ["-n", name, "link", "set", there, "up"],
    ]
    failed = "" if os.getuid() == 0 else "only root can make network namespaces"
    for step in steps:
        failed = failed or ip(*step).stderr.strip()
    try:
        if failed:
            pytest.skip(f"no network namespace: {failed}")
        yield name
    finally:
        ip("link", "delete", here)
        ip("netns", "delete", name)


def test_a_connection_into_silence_is_given_up(clone, namespace):
    with ExitStack() as stack:
        stack.callback(clone.serve().wait_for_address().stop)
        command = ["ip", "netns", "exec", namespace, sys.executable, "-c", FORWARD, THERE]
        forwarder = stack.enter_context(
            subprocess.Popen(
                [*command, clone.socket_folder], cwd=PROJECT, stdout=subprocess.PIPE, text=True
            )
        )
        stack.callback(forwarder.kill)
        port = int(forwarder.stdout.readline())
        url = f"postgresql://itemsite@{THERE}:{port}/itemsite"
        reader = subprocess.Popen(
            [sys.executable, "-c", READER],
            cwd=clone.folder,
            env=clone.environment(**SETTINGS, DATABASE_URL=url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(reader.kill)
        patience = Timer(PATIENCE_SECONDS, reader.kill)
        patience.start()
        stack.callback(patience.cancel)
        assert reader.stdout.readline() == "200\n"

        ip("-n", namespace, "route", "add", "blackhole", f"{HERE}/32")
        reader.stdin.write("\n")
        reader.stdin.flush()
        in_silence = reader.stdout.readline()  # without a limit, in a quarter of an hour
        ip("-n", namespace, "route", "delete", "blackhole", f"{HERE}/32")
        afterwards, _ = reader.communicate("\n", timeout=PATIENCE_SECONDS)

    assert in_silence == "503\n"
    assert afterwards == "200\n"


def test_the_limit_reaches_libpq(clone):
    code = "from itemsite.serving import startup; startup.start_postgres(); startup.read_settings()"
    code += "\nimport django, json; django.setup(); from django.db import connection as c"
    code += "\nc.ensure_connection(); print(json.dumps(c.connection.info.get_parameters()))"

    told = json.loads(clone.python(code, **SETTINGS))

    assert told["tcp_user_timeout"] == "5000"
    assert re.fullmatch(r"\d", told["keepalives_idle"])
