"""gunicorn's gevent worker, which ends as soon as its last answer is sent."""

import time
from functools import partial

from gevent import get_hub
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

HEARTBEAT_SECONDS = 1


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
