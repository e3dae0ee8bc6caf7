"""A second PostgreSQL takes over: after the first one died, or while it lives on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.faults.forwarder import Forwarder
from bench.faults.lab import Lab
from bench.faults.ledger import steady_load
from bench.faults.outcome import Experiment, Figures, figures_of
from bench.faults.postgres import ROLE, Postgres, running
from itemsite.embedded import binaries
from itemsite.tests.clone import until

STANDBY = "standby"
CUT_SECONDS = 2  # that writes go on without the standby
AGE_SECONDS = 35  # the list may be so old: the snapshot's connection lives for 30 s


@contextmanager
def pair(lab: Lab, *, is_synchronous: bool) -> Iterator[tuple[Postgres, Postgres, Forwarder]]:
    """Start a primary and a standby, and what leads from one to the other."""
    with lab.postgres() as primary:
        standby = Postgres(lab.new_folder("standby"))
        stream = Forwarder(primary.port)
        source = f"host=127.0.0.1 port={stream.port} user=postgres application_name={STANDBY}"
        copied = binaries.run(
            "pg_basebackup", "-d", source, "-D", standby.folder, "-R", "--checkpoint=fast"
        )
        assert copied.returncode == 0, copied.stdout
        with running(standby):
            until(lambda: _is_streaming(primary))
            if is_synchronous:
                with primary.connect("postgres") as connection:
                    connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
                    connection.execute("SELECT pg_reload_conf()")
            yield primary, standby, stream


def _is_streaming(primary: Postgres) -> bool:
    with primary.connect("postgres") as connection:
        found = connection.execute("SELECT state FROM pg_stat_replication").fetchone()
    return found == ("streaming",)


def fail_over(lab: Lab, *, is_synchronous: bool = True) -> Figures:
    """Kill the primary and promote the standby, whose stream is cut just before."""
    with pair(lab, is_synchronous=is_synchronous) as (primary, standby, stream):
        hosts = f"host=127.0.0.1,127.0.0.1&port={primary.port},{standby.port}"
        url = f"postgresql://{ROLE}@/{ROLE}?{hosts}&target_session_attrs=read-write"
        with lab.serving(url) as server:
            with steady_load(server) as ledger:
                stream.close()
                time.sleep(CUT_SECONDS)
                primary.kill()
                with standby.connect("postgres") as connection:
                    connection.execute("SELECT pg_promote()")
                ledger.fault_ended()
                ledger.await_writes(20)
            return figures_of(ledger, standby)


def cut_over(lab: Lab, *, weaker: str = "") -> Figures:
    """Lead to another server while the old one lives; no list may come from there for long."""
    variables = {"WEAKER": weaker, "DJANGO_SETTINGS_MODULE": "bench.faults.weaker"}
    with lab.postgres() as old, lab.postgres() as new:
        forwarder = Forwarder(old.port)
        url = f"postgresql://{ROLE}@127.0.0.1:{forwarder.port}/{ROLE}"
        with lab.serving(url, **variables if weaker else {}) as server:
            server.request("POST", "/items/", {"name": "old"})
            for _ in range(20):  # each worker keeps the list
                server.request("GET", "/items/")
            with new.connect() as connection:
                connection.execute("INSERT INTO items_item (name, description) VALUES ('new', '')")
            forwarder.target = new.port
            stale = _stale_seconds(server)
        forwarder.close()
    return {"stale": stale}


def _stale_seconds(server) -> float:
    """Return the seconds until 20 reads in turn have seen the new server."""
    begun = last = time.monotonic()
    while time.monotonic() < min(last + 5, begun + 2 * AGE_SECONDS):
        names = [item["name"] for item in server.insist("GET", "/items/")[2]]
        if names != ["new"]:
            last = time.monotonic()
        time.sleep(0.1)
    return last - begun


FAILED = "the primary killed, a synchronous standby promoted"
MOVED = "led to another server while the old one lives on"
EXPERIMENTS = [
    Experiment("fail-over", FAILED, fail_over, {"recovery": 2}),
    Experiment(
        "fail-over",
        FAILED,
        partial(fail_over, is_synchronous=False),
        {"recovery": 2},
        control="synchronous replication",
    ),
    Experiment("cut-over", MOVED, cut_over, {"stale": AGE_SECONDS}),
    Experiment(
        "cut-over",
        MOVED,
        partial(cut_over, weaker="old snapshot connection"),
        {"stale": AGE_SECONDS},
        control="the age of the snapshot's connection",
    ),
]
