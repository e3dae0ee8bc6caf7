"""Sends whatever there is to a server, and compares what it answers with the table."""

import json
import re
import socket
import time
from collections import Counter
from http.client import BadStatusLine, HTTPMessage, HTTPResponse, IncompleteRead
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from itemsite.tests.clone import PATIENCE_SECONDS, Clone, Server
from itemsite.tests.hostile.doors import Credentials, Sent

ROWS_MAX = 40  # beyond them the table is emptied and filled again, so that reading it stays quick
MAKE_CREDENTIALS = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from items.models.api_key import ApiKey
admin, browser = User.objects.get(username="admin"), Client()
browser.force_login(admin)
session = browser.cookies[settings.SESSION_COOKIE_NAME].value
print(ApiKey(user=admin, name="witness").issue(), session)
"""
ROWS = "SELECT id, name, description FROM items_item"
RESET = """
    TRUNCATE items_item, items_change, items_changeset RESTART IDENTITY;
    DELETE FROM items_storedanswer;
    DELETE FROM items_apikey WHERE name <> 'witness';
    INSERT INTO items_item (name) VALUES ('First'), ('Second'), ('Third'), ('4th'), ('Fifth')
"""

Rows = dict[int, tuple[str, str]]  # name and description by id


class Answer(NamedTuple):
    status: int  # 0: hung up on
    headers: HTTPMessage
    body: bytes


class Witness:
    """Tries one request at a time; nobody else may write."""

    def __init__(self, clone: Clone, server: Server) -> None:
        made = clone.manage("shell", "--verbosity=0", "-c", MAKE_CREDENTIALS)
        self.credentials = Credentials(*made.stdout.split(), server.port)
        self.server = server
        self.database = psycopg.connect(
            host=clone.socket_folder, dbname="itemsite", user="itemsite", autocommit=True
        )
        self.database.execute(RESET)
        self.log = open(server.log)
        self.requests = Counter()  # by door and status
        self.slowest_seconds = 0.0

    def close(self) -> None:
        self.log.close()
        self.database.close()

    def rows(self) -> Rows:
        return {pk: tuple(texts) for pk, *texts in self.database.execute(ROWS)}

    def try_out(self, door: str, sent: Sent) -> None:
        """Raise AssertionError for an error of the site's, and a table that is not as it says."""
        before = self.rows()
        if len(before) > ROWS_MAX or not before:
            self.database.execute(RESET)
            before = self.rows()
        answer = self.send(sent)
        self.requests[door, answer.status] += 1
        after = self.rows()
        assert answer.status < 500 or answer.status in (501, 505), (answer.status, answer.body)
        logged = self.log.read()
        assert not re.search(r"Traceback|\[(ERROR|CRITICAL)\]", logged), logged
        assert after == _promised(sent, answer, before, after)
        wrote = answer.status in (201, 204) and sent.method != "OPTIONS"
        assert not wrote or self._is_allowed(sent)

    def send(self, sent: Sent) -> Answer:
        address = (self.server.host, self.server.port)
        started = time.monotonic()
        try:
            with socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection:
                connection.sendall(sent.to_bytes())
                connection.shutdown(socket.SHUT_WR)
                with HTTPResponse(connection, method=sent.method) as response:
                    response.begin()
                    return Answer(response.status, response.headers, response.read())
        except TimeoutError:
            raise
        except (BadStatusLine, IncompleteRead, OSError):
            return Answer(0, HTTPMessage(), b"")
        finally:
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - started)

    def _is_allowed(self, sent: Sent) -> bool:
        """Tell whether the right key came, in the one way that is right."""
        values = [value for name, value in sent.headers if name == "Authorization"]
        scheme, _, key = ",".join(values).partition(" ")
        return scheme.strip().lower() == "bearer" and key.strip() == self.credentials.key


def _promised(sent: Sent, answer: Answer, before: Rows, after: Rows) -> Rows:
    """Return what the table must hold, as the answer says; what forms wrote is in `after` alone."""
    if answer.status == 201:
        return before | _created(sent, answer)
    if answer.status == 200 and sent.method in ("PUT", "PATCH"):
        item = json.loads(answer.body)
        kept = before[item["id"]] if sent.method == "PATCH" else ("", "")
        return before | {item["id"]: _texts(json.loads(sent.body), *kept)}
    if answer.status == 200 and sent.method == "POST" and sent.target.startswith("/changes/"):
        return _taken_back(sent, json.loads(answer.body), before, after)
    if answer.status == 204 and sent.method == "DELETE":
        gone = int(_found("/items/([0-9]+)/", sent.target)[1])
        return {pk: texts for pk, texts in before.items() if pk != gone}
    if answer.status == 302 and sent.method == "POST":
        return _submitted(sent, answer, before, after)
    return before


def _taken_back(sent: Sent, told: dict, before: Rows, after: Rows) -> Rows:
    """Return the rows after an undo, whose numbers must be those of the rows that differ."""
    if "dry_run=1" in sent.target:
        return before
    assert len(before.keys() - after.keys()) == told["removed"]
    assert len(after.keys() - before.keys()) == told["restored"]
    differ = [pk for pk in before.keys() & after.keys() if before[pk] != after[pk]]
    assert len(differ) == told["changed"]
    return after


def _created(sent: Sent, answer: Answer) -> Rows:
    if "Idempotency-Replayed" in answer.headers:
        return {}
    made, asked = json.loads(answer.body), json.loads(sent.body)
    if isinstance(asked, dict):
        made, asked = [made], [asked]
    return {item["id"]: _texts(fields) for item, fields in zip(made, asked, strict=True)}


def _texts(fields: dict, name: str = "", description: str = "") -> tuple[str, str]:
    """Return the texts of an item that had these and was sent fields."""
    return fields.get("name", name).strip(), fields.get("description", description) or ""


def _submitted(sent: Sent, answer: Answer, before: Rows, after: Rows) -> Rows:
    """Return the rows after a form was taken: the one row it is about may differ."""
    if sent.target.startswith("/items/delete/"):
        return _deleted(sent, before, after)
    form = re.fullmatch("/items/(?:([0-9]+)/)?(new|edit|delete)/", sent.target)
    if not form or answer.headers["Location"].startswith("/accounts/login/"):
        return before
    if form[2] == "delete":
        return {pk: texts for pk, texts in before.items() if pk != int(form[1])}
    if form[2] == "edit":
        return before | {int(form[1]): after[int(form[1])]}
    made = after.keys() - before.keys()  # none where the same form came before
    assert len(made) == 1 or (not made and b"key" in sent.body)
    return before | {pk: after[pk] for pk in made}


def _deleted(sent: Sent, before: Rows, after: Rows) -> Rows:
    """Return the rows without those that were ticked, or those left of all that match."""
    asked = parse_qs(urlsplit(sent.target).query, keep_blank_values=True)
    if "all" in asked:
        return {pk: texts for pk, texts in before.items() if pk in after}
    ids = {int(pk) for pk in asked["id"]}
    return {pk: texts for pk, texts in before.items() if pk not in ids}


def _found(pattern: str, address: str) -> re.Match:
    match = re.search(pattern, unquote(address))
    assert match, address
    return match
