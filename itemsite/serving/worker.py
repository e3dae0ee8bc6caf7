"""gunicorn's gevent worker, but it ends as soon as its last answer is sent."""

import time
from functools import partial

from gevent import get_hub
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

HEARTBEAT_SECONDS = 1


class Worker(GeventWorker):
    """GeventWorker checks only once a second for SIGTERM, and for the end of the last answer."""

    def init_process(self) -> None:
        self.is_stopping = Event()
        super().init_process()

    def handle_exit(self, sig, frame) -> None:
        super().handle_exit(sig, frame)
        get_hub().loop.run_callback_threadsafe(self.is_stopping.set)

    def run(self) -> None:
        clients = Pool(self.worker_connections)
        servers = [
            StreamServer(listener, partial(self.handle, listener), spawn=clients)
            for listener in self.sockets
        ]
        for server in servers:
            server.max_accept = 1  # leave the next client to other workers
            server.start()
        while self.alive:
            self.notify()
            self.is_stopping.wait(HEARTBEAT_SECONDS)
        for server in servers:
            server.close()
        self._await(clients)

    def _await(self, clients: Pool) -> None:
        end = time.monotonic() + self.cfg.graceful_timeout
        while clients and time.monotonic() < end:
            self.notify()
            clients.join(HEARTBEAT_SECONDS)
