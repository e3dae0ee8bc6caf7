"""bin/serve in a clone of its own: what it serves, where, to whom."""

import os
import re
import stat
import subprocess
import sys

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS, Clone, Server, until


def test_serves_pages_json_and_static_files(server):
    page = server.request("GET", "/items/", Accept="text/html")
    made = server.request("POST", "/items/", {"name": "Book"})
    styles = re.search(rb'href="(/static/site\.[0-9a-f]+\.css)"', page[2])[1].decode()

    assert page[0] == 200
    assert b"This list is open" in page[2]
    assert made[0] == 201
    assert server.request("GET", "/items/")[2] == [made[2]]
    assert server.request("GET", styles)[0] == 200
    assert server.request("GET", "/healthz")[0] == 200
    assert server.request("GET", "/readyz")[0] == 200


@pytest.mark.long
def test_tells_the_password_once(tmp_path):
    clone = Clone(tmp_path)
    first = clone.serve().wait_for_address()
    first.stop()
    second = clone.serve().wait_for_address()
    second.stop()
    key = clone.folder / "var/secret_key"

    assert re.search(r"administrator is admin, password \S{16}", first.output)
    assert "password" not in second.output
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) >= 50
    clone.remove()


def test_behind_a_proxy_visitors_may_only_read(clone):
    server = clone.serve(ALLOWED_HOSTS="items.example.org").wait_for_address()

    status = server.request("POST", "/items/", {"name": "x"}, Host="items.example.org")[0]
    server.stop()

    assert status == 401


@pytest.mark.long
def test_two_at_once_share_one_postgresql_and_migrate_once(tmp_path):
    clone = Clone(tmp_path)

    one, two = clone.serve(), clone.serve()
    one.wait_for_address()
    two.wait_for_address()
    one.request("POST", "/items/", {"name": "Book"})
    one.stop()
    (seen,) = two.request("GET", "/items/")[2]
    two.stop()

    assert seen["name"] == "Book"
    assert (one.output + two.output).count("password") == 1
    assert clone.postmaster_pid() is None
    clone.remove()


@pytest.mark.long
def test_a_start_that_waits_for_another_says_for_whom(server, clone):
    code = (
        "from itemsite.embedded import cluster; from itemsite.serving import serve; import time\n"
    )
    code += "c = cluster.connect_as_superuser('itemsite')\n"
    code += "c.execute('SELECT pg_advisory_lock(%s)', [serve.MIGRATION_LOCK])\n"
    code += "print(c.info.backend_pid, flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=clone.folder,
        env=clone.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = holder.stdout.readline().strip()

    waiting = clone.serve()
    until(lambda: "Waiting for it." in waiting.output)
    holder.communicate("\n")
    waiting.wait_for_address().stop()

    assert f"process {pid} of PostgreSQL, role postgres, from this machine" in waiting.output
    assert waiting.output.count("Waiting for it.") == 1


def test_a_taken_port_is_one_sentence(server, clone):
    other = clone.serve(PORT=str(server.port))

    assert other.process.wait(PATIENCE_SECONDS) == 1
    assert other.output.startswith(f"itemsite: cannot listen on 127.0.0.1 port {server.port}")
    assert other.output.count("\n") == 1


@pytest.mark.long
def test_bound_elsewhere_visitors_may_only_read(clone):
    server = clone.serve(BIND="127.0.0.2").wait_for_address()

    page = server.request("GET", "/items/", Host="localhost")[0]
    status = server.request("POST", "/items/", {"name": "x"}, Host="localhost")[0]
    server.stop()

    assert page == 200
    assert status == 401


def test_runserver_finds_the_same_database(server, clone):
    server.request("POST", "/items/", {"name": "from bin/serve"})
    command = [sys.executable, "-u", "manage.py", "runserver", "--noreload", "0"]
    development = Server(command, clone.folder, clone.environment())
    development.port = until(lambda: _listening_port(development.process.pid))

    listed = development.request("GET", "/items/?limit=1")[2]
    page = development.request("GET", "/items/new/", Accept="text/html")
    development.stop()

    assert listed[0]["name"] == "from bin/serve"
    assert page[0] == 200
    assert page[1]["Set-Cookie"].startswith("itemsite_csrf_0=")  # the port as it was asked for


def _listening_port(pid):
    """Return the TCP port on which a process listens, from /proc, or None."""
    sockets = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{pid}/fd/{fd}").removeprefix("socket:[").rstrip("]"))
        except FileNotFoundError:
            continue
    with open("/proc/net/tcp") as table:
        for line in table.readlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in sockets:
                return int(words[1].split(":")[1], 16)
    return None
