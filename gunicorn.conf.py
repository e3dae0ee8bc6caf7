"""How gunicorn runs itemsite; bin/serve and the container both use it."""

import os
import signal
import sys

from itemsite.embedded import cluster
from itemsite.serving import startup

if not startup.has_database_url() and "ITEMSITE_POSTGRES_FD" not in os.environ:
    sys.exit("itemsite: DATABASE_URL is not set. See .env.example; on a laptop use bin/serve.")

wsgi_app = "itemsite.wsgi"
address = f"{startup.url_host(startup.listening_host())}:{startup.listening_port()}"
bind = address
if "ITEMSITE_LISTENER_FD" in os.environ:  # bin/serve listens already
    bind = f"fd://{os.environ['ITEMSITE_LISTENER_FD']}"

worker_class = "itemsite.serving.worker.Worker"  # of gevent: who is slow holds up nobody else
workers = startup.worker_count()
worker_connections = 1000  # clients of a worker
timeout = 30  # seconds without a sign of life before a worker is replaced
graceful_timeout = 30  # seconds for the requests under way at SIGTERM
keepalive = 5  # seconds
limit_request_line = 8190  # bytes, the most it takes; a page of ticks and a search have 7,000
HELD_BACK = cluster.ENDING_SIGNALS | {signal.SIGQUIT}  # while a worker is born

control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "WARNING").lower()


def when_ready(server) -> None:
    """Take the signals that bin/serve held back while nobody was there to handle them."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, cluster.ENDING_SIGNALS)


def post_fork(server, worker) -> None:
    """Hold signals back until the worker handles them: gunicorn would wait for it in vain."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
    cluster.let_go_in_child()


def post_worker_init(worker) -> None:
    """Tell the address when the first worker can answer."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
    if worker.age == 1:
        print(f"itemsite: http://{startup.shown(address)}/ (Ctrl-C stops it)", flush=True)


def on_reload(server) -> None:
    """SIGHUP reloads, as administrators expect; but a closed terminal sends it too."""
    if "ITEMSITE_IN_TERMINAL" in os.environ and not startup.has_terminal():
        os.kill(os.getpid(), signal.SIGTERM)


if "ITEMSITE_POSTGRES_FD" in os.environ:
    cluster.adopt(int(os.environ["ITEMSITE_POSTGRES_FD"]))
startup.read_settings()  # a wrong value ends gunicorn here, with one sentence
del sys.modules["itemsite.settings"]  # so that SIGHUP reads them anew
