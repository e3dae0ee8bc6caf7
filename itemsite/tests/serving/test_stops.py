"""bin/serve ends, and leaves nothing behind."""

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from itemsite.tests.clone import PATIENCE_SECONDS


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
def test_a_postgresql_that_does_not_end_is_ended(clone):
    """As with one of version 18 that is stopped while it recovers from a crash."""
    server = clone.serve().wait_for_address()
    postmaster = clone.postmaster_pid()
    item = server.insist("POST", "/items/", {"name": "Book"})[2]["id"]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    (checkpointer,) = [pid for pid in children if b"checkpointer" in _command(pid)]

    os.kill(int(checkpointer), signal.SIGSTOP)
    status = server.stop()

    assert (status, _runs(postmaster)) == (0, False)
    again = clone.serve().wait_for_address()
    assert again.request("GET", f"/items/{item}/")[0] == 200
    assert again.stop() == 0


def _command(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


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
