"""bin/serve while its PostgreSQL hangs, ends or loses connections."""

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from itemsite.tests.clone import until
from itemsite.tests.import_form import next_address, send_form


@pytest.mark.long
def test_answers_while_postgresql_hangs(clone):
    server = clone.serve(STATEMENT_TIMEOUT_SECONDS="1").wait_for_address()
    server.insist("POST", "/items/", {"name": "Book"})
    postmaster = clone.postmaster_pid()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    hanging = [postmaster, *map(int, children)]

    with ThreadPoolExecutor(16) as clients:  # more than the pools of both workers hold
        for pid in hanging:
            os.kill(pid, signal.SIGSTOP)
        try:
            answers = [clients.submit(server.request, "GET", "/items/") for _ in range(16)]
            until(lambda: all(answer.done() for answer in answers))
            probes = [server.request("GET", "/healthz")[0] for _ in range(10)]
            readiness = server.request("GET", "/readyz")
        finally:
            for pid in hanging:
                os.kill(pid, signal.SIGCONT)

    assert {answer.result()[0] for answer in answers} == {503}
    assert probes == [200] * 10
    assert readiness[0] == 503
    assert readiness[2]["reasons"] == ["PostgreSQL: no answer"]
    until(lambda: server.request("GET", "/readyz")[0] == 200)
    assert server.stop() == 0


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
    with closing(send_form(server, b"name\nPen\n")) as connection:
        preview = next_address(connection)
    killed = clone.postmaster_pid()

    os.kill(killed, signal.SIGKILL)
    until(lambda: clone.postmaster_pid() not in (killed, None))
    found = server.insist("GET", f"/items/{item['id']}/")
    added = server.insist("POST", "/items/", {"name": "Pen"})
    gone = server.insist("GET", preview, Accept="text/html")
    status = server.stop()

    assert (found[0], added[0], gone[0]) == (200, 201, 404)
    assert b"This preview was deleted" in gone[2]
    assert "PostgreSQL had ended. It was started again." in server.output
    assert status == 0
    assert clone.postmaster_pid() is None


def supervisor_of(server):
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    (pid,) = [
        int(pid)
        for pid in children.split()
        if b"itemsite.serving.supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_supervisor_that_was_killed_is_started_again(clone, number):
    server = clone.serve().wait_for_address()
    killed, postmaster = supervisor_of(server), clone.postmaster_pid()

    os.kill(killed, number)
    os.kill(postmaster, signal.SIGKILL)
    until(lambda: server.request("GET", "/readyz")[0] == 200)
    again = supervisor_of(server)
    status = server.stop()

    assert killed != again
    assert status == 0
    assert clone.postmaster_pid() is None
    assert not Path(f"/proc/{again}").exists()


# These share a server, which would start PostgreSQL again in the tests above.


def test_a_slow_sender_holds_no_connection(server):
    head = b"POST /items/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        for _ in range(6):  # more than the pool holds, fewer than a worker's threads
            slow = socket.create_connection(("127.0.0.1", server.port))
            stack.enter_context(closing(slow))
            slow.sendall(head + b'Content-Length: 500\r\n\r\n{"name"')

        statuses = [server.request("GET", "/items/")[0] for _ in range(20)]

    assert statuses == [200] * 20


def test_connections_that_went_stale_are_not_felt(server, clone):
    clone.python(
        "from itemsite.embedded import cluster; cluster.connect_as_superuser().execute("
        "\"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'itemsite'\")"
    )

    statuses = [server.request("GET", "/items/")[0] for _ in range(20)]

    assert statuses == [200] * 20


def test_waits_for_postgresql_without_a_restart(server, clone):
    supervisor = supervisor_of(server)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(clone.postmaster_pid(), signal.SIGKILL)
    refused = ["PostgreSQL: connection refused"]
    until(lambda: server.request("GET", "/readyz")[2].get("reasons") == refused)

    status, headers, problem = server.request("POST", "/items/", {"name": "x"})
    page = server.request("GET", "/items/", Accept="text/html")
    alive = server.request("GET", "/healthz")[0]
    os.kill(supervisor, signal.SIGCONT)

    assert (status, problem["status"], headers["Retry-After"]) == (503, 503, "2")
    assert (page[0], page[1]["Retry-After"]) == (503, "2")
    assert b"Try again" in page[2]
    assert alive == 200
    until(lambda: server.request("GET", "/readyz")[0] == 200)
