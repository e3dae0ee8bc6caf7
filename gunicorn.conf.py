"""How gunicorn runs itemsite; bin/serve and the container both use it."""

import os
import signal
import sys
import tempfile
from shutil import rmtree

from itemsite.embedded import cluster
from itemsite.serving import handover, startup
from itemsite.serving.keeper import Keeper
from itemsite.variables import listening_port

if not startup.has_database_url() and "ITEMSITE_POSTGRES_FD" not in os.environ:
    sys.exit("itemsite: DATABASE_URL is not set. See .env.example; on a laptop use bin/serve.")

startup.allow_many_files()

wsgi_app = "itemsite.wsgi"
address = f"{startup.url_host(startup.listening_host())}:{listening_port()}"
bind = address
if "ITEMSITE_LISTENER_FD" in os.environ:  # bin/serve already listens
    bind = f"fd://{os.environ['ITEMSITE_LISTENER_FD']}"

worker_class = "itemsite.serving.worker.Worker"  # gevent: slow clients do not block others
workers = startup.worker_count()
worker_connections = 1000  # clients of a worker
timeout = 30  # seconds without a sign of life before a worker is replaced
graceful_timeout = 30  # seconds for the requests under way at SIGTERM
keepalive = 5  # seconds
limit_request_line = 8190  # bytes, gunicorn's maximum; a page of ticks with a search needs 7,000
secure_scheme_headers: dict[str, str] = {}  # itemsite/middleware/proxy_scheme.py reads them
forwarded_allow_ips = ""  # so gunicorn believes nobody
forwarder_headers = ""  # no proxy sets SCRIPT_NAME or PATH_INFO: the site has the root path
BLOCKED_SIGNALS = cluster.ENDING_SIGNALS | {signal.SIGQUIT}  # while a worker starts

control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "WARNING").lower()
loglevel = {"warn": "warning", "fatal": "critical"}.get(loglevel, loglevel)


def when_ready(server) -> None:
    """Unblock the signals that bin/serve blocked until gunicorn could handle them."""
    handover.handle_hup(server)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, cluster.ENDING_SIGNALS)
    if "ITEMSITE_POSTGRES_FD" in os.environ:
        server.keeper = Keeper(server)


def child_exit(server, worker) -> None:
    """Let /metrics forget the connections of a worker; its requests stay counted."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server) -> None:
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        rmtree(folder, ignore_errors=True)
    if keeper := getattr(server, "keeper", None):
        keeper.stop()


def post_fork(server, worker) -> None:
    """Block signals until the worker handles them: otherwise one could get lost."""
    signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED_SIGNALS)
    cluster.release_in_child()


def post_worker_init(worker) -> None:
    """Print the URL when the first worker can answer."""
    handover.note_ready(worker.age)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED_SIGNALS)
    if worker.age == 1:
        print(f"itemsite: http://{startup.shown(address)}/ (Ctrl-C stops it)", flush=True)


def on_reload(server) -> None:
    """Reload at SIGHUP, as administrators expect, but end if the terminal was closed."""
    if "ITEMSITE_IN_TERMINAL" in os.environ and not startup.has_terminal():
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        handover.begin(server.worker_age)


if "ITEMSITE_POSTGRES_FD" in os.environ:
    cluster.take_over_lock(int(os.environ["ITEMSITE_POSTGRES_FD"]))
settings = startup.read_settings()  # a wrong value ends gunicorn here, with one message
if settings.METRICS_TOKEN and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="itemsite-metrics-")
del sys.modules["itemsite.settings"]  # so that SIGHUP reads them again
