"""gunicorn's gevent worker: it ends as soon as it may, and wakes a client once for an answer."""

import socket
import time
from functools import lru_cache, partial

from gevent import get_hub
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.workers.ggevent import GeventWorker

HEARTBEAT_SECONDS = 1
BODY_FOLLOWS = getattr(socket, "MSG_MORE", 0)  # Linux then keeps the head back for the body


class Response(wsgi.Response):
    """Sends head and body together; apart they cost a twentieth of the requests per second."""

    def send_headers(self) -> None:
        if self.headers_sent:
            return
        lines = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers)]
        head = f"{''.join(lines)}\r\n".encode("latin-1")
        is_all = self._omits_body or self.response_length == 0
        self.sock.sendall(head, 0 if is_all else BODY_FOLLOWS)
        self.headers_sent = True


_date = lru_cache(1)(util.http_date)  # of whole seconds


def http_date(timestamp: float | None = None) -> str:
    """Return a time, or now, as the header Date has it; gunicorn formats it for each answer."""
    return _date(int(time.time() if timestamp is None else timestamp))


wsgi.Response = Response  # whence the worker takes it
util.http_date = http_date


class Worker(GeventWorker):
    """GeventWorker looks for SIGTERM once a second, and for its last answer once a second too."""

    def init_process(self) -> None:
        self.is_told_to_end = Event()
        super().init_process()

    def handle_exit(self, sig, frame) -> None:
        super().handle_exit(sig, frame)
        get_hub().loop.run_callback_threadsafe(self.is_told_to_end.set)

    def run(self) -> None:
        clients = Pool(self.worker_connections)
        servers = [
            StreamServer(listener, partial(self.handle, listener), spawn=clients)
            for listener in self.sockets
        ]
        for server in servers:
            server.max_accept = 1  # leave the next client to another worker
            server.start()
        while self.alive:
            self.notify()
            self.is_told_to_end.wait(HEARTBEAT_SECONDS)
        for server in servers:
            server.close()
        self._await(clients)

    def _await(self, clients: Pool) -> None:
        end = time.monotonic() + self.cfg.graceful_timeout
        while clients and time.monotonic() < end:
            self.notify()
            clients.join(HEARTBEAT_SECONDS)
