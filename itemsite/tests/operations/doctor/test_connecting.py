"""A server that refuses, and what the command says."""

import socket
import struct
import threading
from contextlib import closing

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from itemsite.operations.doctor import connecting, examine, machine
from itemsite.operations.doctor.findings import exit_status

pytestmark = pytest.mark.django_db
REFUSALS = {
    'password authentication failed for user "itemsite"': (
        "or, if there is no such role: CREATE ROLE itemsite LOGIN"
    ),
    'role "itemsite" does not exist': "CREATE ROLE itemsite LOGIN",
    'database "items" does not exist': "CREATE DATABASE items OWNER itemsite ENCODING 'UTF8'",
    "sorry, too many clients already": "ALTER SYSTEM SET max_connections",
    "unsupported startup parameter: options": "ignore_startup_parameters = options",
    'no pg_hba.conf entry for host "10.0.0.1"': "host items itemsite ADDRESS",
    "the database system is starting up": "Wait",
}


@pytest.fixture
def refusing():
    """Give a function that returns the port of a server which refuses with some words."""
    listeners = []

    def refuse(words):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=answer, args=[listener, words], daemon=True).start()
        return listener.getsockname()[1]

    yield refuse
    for listener in listeners:
        listener.close()


def answer(listener, words):
    """Refuse as PostgreSQL's protocol wants it; encryption first, as libpq asks for it."""
    fields = f"SFATAL\0VFATAL\0C28000\0M{words}\0\0".encode()
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with closing(client):
            while client.recv(1024)[4:8] == struct.pack("!I", 80877103):  # SSLRequest
                client.sendall(b"N")
            client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)


@pytest.mark.parametrize(("words", "mend"), REFUSALS.items(), ids=REFUSALS.values())
def test_a_server_that_refuses_is_explained(monkeypatch, refusing, words, mend):
    about = {"host": "127.0.0.1", "port": refusing(words), "user": "itemsite", "dbname": "items"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: about | {"password": "Secret"})

    finding = examine.examine()[-1]

    assert (finding.severity, finding.check) == ("fault", "connection")
    assert words in finding.what
    assert mend in finding.mend
    assert "Secret" not in str(finding)


UNREACHED = {
    "connection timeout expired": "PostgreSQL hangs or is overloaded: look into its log.",
    "Connection refused": "or correct the port in DATABASE_URL; it is 5433",
}


@pytest.mark.parametrize(("said", "mend"), UNREACHED.items(), ids=UNREACHED)
def test_a_server_that_is_not_reached_is_explained(monkeypatch, said, mend):
    monkeypatch.setattr(connection, "get_connection_params", lambda: {"port": 5433})

    finding = connecting.unreachable(psycopg.OperationalError(said))

    assert mend in finding.mend


def test_the_command_tells_and_ends_with_the_worst(monkeypatch, capsys, refusing):
    about = {"host": "127.0.0.1", "port": refusing("the database system is shutting down")}
    monkeypatch.setattr(connection, "get_connection_params", lambda: about)

    with pytest.raises(SystemExit) as ended:
        call_command("doctor")

    said = capsys.readouterr().out
    assert ended.value.code == 2
    assert "FAULT    DATABASE_URL: " in said
    assert "      -> Wait, and look into PostgreSQL's log" in said


def test_the_status_is_that_of_the_worst():
    findings = [connecting.fault("", ""), machine.note("", ""), machine.warning("", "")]

    assert [exit_status(findings[n:]) for n in range(4)] == [2, 1, 1, 0]
