"""bin/serve in a clone of its own: starts, stops, faults."""

import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS, Clone, Server, until


@pytest.fixture
def server(clone):
    server = clone.serve().wait_for_address()
    yield server
    if server.process.poll() is None:
        server.stop()


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_leaves_no_process_behind(clone, number):
    server = clone.serve().wait_for_address()
    postmaster = clone.postmaster_pid()

    os.killpg(server.process.pid, number)  # as a terminal sends ^C
    status = server.process.wait(PATIENCE_SECONDS)

    assert status == 0
    assert clone.postmaster_pid() is None
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.pid, 0)
    assert not _runs(postmaster)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.long
def test_a_closed_terminal_ends_it(clone):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(clone.folder)
        command = [sys.executable, "-m", "itemsite.serving.serve"]
        os.execve(sys.executable, command, clone.environment(PORT="0"))
    said = b""
    while b"Ctrl-C stops it" not in said:
        said += os.read(terminal, 1000)

    os.close(terminal)
    os.waitpid(pid, 0)

    assert clone.postmaster_pid() is None


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_while_it_starts_it_leaves_nothing(clone, number):
    for delay in range(3):
        server = clone.serve()
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(delay * 0.4)  # each time a little later in the start

        os.kill(server.process.pid, number)
        server.process.wait(PATIENCE_SECONDS)

        assert clone.postmaster_pid() is None
        assert "Traceback" not in server.output


@pytest.mark.long
def test_answers_while_postgresql_hangs(clone):
    server = clone.serve().wait_for_address()
    server.insist("POST", "/items/", {"name": "Book"})
    postmaster = clone.postmaster_pid()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    hanging = [postmaster, *map(int, children)]

    with ThreadPoolExecutor(16) as clients:  # more than the pools of both workers hold
        for pid in hanging:
            os.kill(pid, signal.SIGSTOP)
        try:
            answers = [clients.submit(server.request, "GET", "/items/") for _ in range(16)]
            refused = until(lambda: [answer for answer in answers if answer.done()])
            probes = [server.request("GET", "/healthz")[0] for _ in range(10)]
        finally:
            for pid in hanging:
                os.kill(pid, signal.SIGCONT)

    assert {answer.result()[0] for answer in refused} == {503}
    assert probes == [200] * 10
    assert {answer.result()[0] for answer in answers} == {200, 503}
    assert server.stop() == 0


def test_arguments_are_refused(clone):
    ended = subprocess.run(
        [sys.executable, "-m", "itemsite.serving.serve", "--help"],
        cwd=clone.folder,
        env=clone.environment(),
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "takes no arguments" in ended.stderr


def test_behind_a_proxy_visitors_may_only_read(clone):
    server = clone.serve(ALLOWED_HOSTS="items.example.org").wait_for_address()

    status = server.request("POST", "/items/", {"name": "x"}, Host="items.example.org")[0]
    server.stop()

    assert status == 401


def test_a_slow_sender_holds_no_connection(server):
    head = b"POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        for _ in range(6):  # more than the pool holds, fewer than a worker's threads
            slow = socket.create_connection(("127.0.0.1", server.port))
            stack.enter_context(closing(slow))
            slow.sendall(head + b'Content-Length: 500\r\n\r\n{"name"')

        statuses = [server.request("GET", "/items/")[0] for _ in range(20)]

    assert statuses == [200] * 20


@pytest.mark.long
def test_comes_back_with_all_that_was_acknowledged(clone):
    server = clone.serve().wait_for_address()
    acknowledged = [server.request("POST", "/items/", {"name": f"{n}"})[2]["id"] for n in range(30)]

    os.kill(server.process.pid, signal.SIGKILL)  # its workers live on for a moment
    os.kill(clone.postmaster_pid(), signal.SIGKILL)
    server.process.wait()
    again = clone.serve(PORT=str(server.port)).wait_for_address()
    found = [again.request("GET", f"/items/{pk}/")[0] for pk in acknowledged]
    again.stop()

    assert found == [200] * len(acknowledged)


def test_postgresql_that_was_killed_is_started_again(clone):
    server = clone.serve().wait_for_address()
    item = server.request("POST", "/items/", {"name": "Book"})[2]
    killed = clone.postmaster_pid()

    os.kill(killed, signal.SIGKILL)
    until(lambda: clone.postmaster_pid() not in (killed, None))
    found = server.insist("GET", f"/items/{item['id']}/")
    added = server.insist("POST", "/items/", {"name": "Pen"})
    status = server.stop()

    assert (found[0], added[0]) == (200, 201)
    assert "PostgreSQL had ended. It was started again." in server.output
    assert status == 0
    assert clone.postmaster_pid() is None


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


def supervisor_of(server):
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    (pid,) = [
        int(pid)
        for pid in children.split()
        if b"itemsite.serving.supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return pid


def test_waits_for_postgresql_without_a_restart(server, clone):
    supervisor = supervisor_of(server)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(clone.postmaster_pid(), signal.SIGKILL)
    until(lambda: server.request("GET", "/readyz")[0] == 503)

    status, headers, problem = server.request("POST", "/items/", {"name": "x"})
    page = server.request("GET", "/items/", Accept="text/html")
    alive = server.request("GET", "/healthz")[0]
    os.kill(supervisor, signal.SIGCONT)

    assert (status, problem["status"], headers["Retry-After"]) == (503, 503, "2")
    assert (page[0], page[1]["Retry-After"]) == (503, "2")
    assert b"Try again" in page[2]
    assert alive == 200
    until(lambda: server.request("GET", "/readyz")[0] == 200)


def test_connections_that_went_stale_are_not_felt(server, clone):
    clone.python(
        "from itemsite.embedded import cluster; cluster.connect_as_superuser().execute("
        "\"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'itemsite'\")"
    )

    statuses = [server.request("GET", "/items/")[0] for _ in range(20)]

    assert statuses == [200] * 20


def test_a_taken_port_is_one_sentence(server, clone):
    other = clone.serve(PORT=str(server.port))

    assert other.process.wait(PATIENCE_SECONDS) == 1
    assert other.output.startswith(f"itemsite: cannot listen on 127.0.0.1 port {server.port}")
    assert other.output.count("\n") == 1


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "http"}, "PORT: 'http' is not a port"),
        ({"BIND": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid"),
        ({"VISITORS_MAY": "fly"}, "VISITORS_MAY: 'fly' is not an action"),
        (
            {"PG_BIN": "/nonexistent"},
            "PG_BIN: the folder /nonexistent does not contain the program postgres",
        ),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/n"}, "DATABASE_URL: connection failed"),
    ],
)
def test_what_is_wrong_is_one_sentence(clone, variables, sentence):
    server = clone.serve(**variables)

    assert server.process.wait(PATIENCE_SECONDS) == 1
    assert sentence in server.output
    assert "Traceback" not in server.output


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
