"""gunicorn's gevent worker, with a quick end and with errors as JSON problems."""

import json
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from socket import SHUT_WR
from typing import Any

from gevent import Timeout, get_hub, sleep
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

from itemsite.middleware.security_headers import for_json
from itemsite.serving import handover

HEARTBEAT_SECONDS = 1
HANDOVER_SECONDS = 0.1  # between two looks whether a new worker can answer
DISCARD_MAX = 60_000_000  # bytes of a refused body, such as a spreadsheet that is too large
DISCARD_SECONDS = 10
DISCARDED_AT_ONCE = 50_000  # bytes
REFUSALS = {  # the first class that matches counts
    errors.InvalidResponseHeader: (500, "The answer could not be sent."),
    errors.InvalidResponseHeaderName: (500, "The answer could not be sent."),
    errors.LimitRequestLine: (414, "The address is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large or too many. Send fewer."),
    errors.ExpectationFailed: (417, "Send no Expect header, or Expect: 100-continue."),
    errors.UnsupportedTransferCoding: (501, "Send the body without a Transfer-Encoding."),
    errors.ParseException: (400, "The request is not valid HTTP."),
    Exception: (500, "Something went wrong here."),
}


class Worker(GeventWorker):
    """GeventWorker checks only once a second for SIGTERM, and for the end of the last answer."""

    def init_process(self) -> None:
        self.is_stopping = Event()
        self.hands_over = False
        super().init_process()

    def handle_exit(self, sig, frame) -> None:
        """Stop, or at a reload serve until a new worker can; a second signal always stops."""
        if handover.must_wait(self.age) and not self.hands_over:
            self.hands_over = True
            return
        super().handle_exit(sig, frame)
        get_hub().loop.run_callback_threadsafe(self.is_stopping.set)

    def handle_request(self, listener_name, req, sock, addr) -> bool:
        """Read the rest of a refused body too: closing before that can destroy the answer."""
        try:
            result = super().handle_request(listener_name, req, sock, addr)
        except StopIteration:  # the connection ends
            with suppress(OSError):
                sock.shutdown(SHUT_WR)
            _discard(req.body)
            raise
        if not _discard(req.body):
            raise StopIteration
        return result

    def handle_error(self, req, client, addr, exc) -> None:
        """Answer what never reached Django, or failed outside of it."""
        status, detail = next(REFUSALS[kind] for kind in REFUSALS if isinstance(exc, kind))
        if status == 500:
            self.log.exception("Error handling a request")
        else:
            self.log.warning("Invalid request from ip=%s: %s", addr[0] if addr else "", exc)
        try:
            head, content = _problem(status, detail)
            is_head = getattr(req, "method", "") == "HEAD"
            util.write_nonblock(client, head if is_head else head + content)
        except OSError:
            self.log.debug("Failed to send error message.")

    def run(self) -> None:
        clients = Pool(self.worker_connections)
        servers = [
            StreamServer(listener, partial(self.handle, listener), spawn=clients)
            for listener in self.sockets
        ]
        for server in servers:
            server.max_accept = 1  # leave the next client to other workers
            server.start()
        while self.alive and not (self.hands_over and not handover.must_wait(self.age)):
            self.notify()
            self.is_stopping.wait(HANDOVER_SECONDS if self.hands_over else HEARTBEAT_SECONDS)
        for server in servers:
            server.stop_accepting()
        sleep(0)  # clients just accepted still ask the listener for its name
        for server in servers:
            server.close()
        self._await(clients)

    def _await(self, clients: Pool) -> None:
        end = time.monotonic() + self.cfg.graceful_timeout
        while clients and time.monotonic() < end:
            self.notify()
            clients.join(HEARTBEAT_SECONDS)


def _discard(body) -> bool:
    """Read a body to its end; return False if it is too long, too slow or malformed."""
    with Timeout(DISCARD_SECONDS, False), suppress(OSError, errors.ParseException):
        for _ in range(DISCARD_MAX // DISCARDED_AT_ONCE):
            if not body.read(DISCARDED_AT_ONCE):
                return True
            sleep(0)  # a fast sender would occupy the worker: gevent waits only for slow ones
    return False


def _problem(status: int, detail: str) -> tuple[bytes, bytes]:
    """Return the head and the content of an answer."""
    phrase = HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": status}
    content = f"{json.dumps(body | {'detail': detail})}\n".encode()
    headers = [
        ("Connection", "close"),
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *for_json(),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {phrase}\r\n{head}\r\n".encode("latin-1"), content
