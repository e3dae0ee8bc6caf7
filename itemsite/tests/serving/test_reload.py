"""SIGHUP replaces the workers, and somebody answers all the time."""

import os
import signal

import pytest

from itemsite.tests.clone import until

pytestmark = pytest.mark.long


def test_old_workers_serve_until_a_new_one_can(server):
    old = set(server.workers())

    os.kill(server.process.pid, signal.SIGHUP)
    new = until(lambda: len(born := set(server.workers()) - old) == len(old) and born)
    for pid in new:
        os.kill(pid, signal.SIGSTOP)  # each takes for ever to be born
    os.kill(server.process.pid, signal.SIGHUP)
    meanwhile = [server.request("GET", "/items/")[0] for _ in range(20)]
    for pid in new:
        os.kill(pid, signal.SIGCONT)
    until(lambda: not old & set(server.workers()))
    afterwards = [server.request("GET", "/items/")[0] for _ in range(20)]

    assert meanwhile == afterwards == [200] * 20
